import { randomBytes } from 'node:crypto'
import { sharedServices } from '@holdfast/stack/testing'
import { Client } from 'pg'

/** A database of a test's own on the Postgres that all integration tests share (no test may stop that one). */
export interface SharedDatabase {
  readonly url: string
  query(text: string): Promise<Record<string, unknown>[]>
  remove(): Promise<void>
}

export async function sharedDatabase(): Promise<SharedDatabase> {
  const { databaseUrl } = sharedServices()
  const name = `test_${randomBytes(6).toString('hex')}`
  await ask(databaseUrl, `create database ${name}`)
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (text) => ask(url.href, text),
    async remove() {
      await ask(databaseUrl, `drop database ${name} with (force)`)
    },
  }
}

async function ask(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
