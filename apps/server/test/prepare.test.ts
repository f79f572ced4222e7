import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPasswords } from '../src/world/passwords.ts'
import { type OwnPostgres, ownPostgres } from './own-postgres.ts'

const run = promisify(execFile)
const SRC_DIR = join(import.meta.dirname, '../src')

let postgres: OwnPostgres

const runScript = (name: string, args: readonly string[], env: Record<string, string>) =>
  run(process.execPath, [join(SRC_DIR, name), ...args], { env })

const prepare = (env: Record<string, string> = {}) =>
  runScript('prepare.ts', [], { DATABASE_URL: postgres.url, HOLDFAST_WIZARD_PASSWORD: 'open sesame', ...env })

async function wizardHash(): Promise<string> {
  const [row] = await postgres.query('select password_hash from credentials where dbref = 1')
  return String(row?.password_hash)
}

beforeAll(async () => {
  postgres = await ownPostgres()
}, 60_000)

afterEach(async () => {
  await postgres.query('drop schema public cascade; create schema public; drop schema if exists drizzle cascade')
})

afterAll(() => postgres.remove())

describe('prepare', () => {
  it('makes Limbo and the first wizard, and prints one line of JSON', async () => {
    const { stdout, stderr } = await prepare({ HOLDFAST_WIZARD_NAME: 'Merle' })
    expect(stdout).toBe('{"wizard":{"name":"Merle","created":true}}\n')
    expect(stderr).toBe('')
    const objects = await postgres.query('select dbref, type, name, flags from objects order by dbref')
    expect(objects).toEqual([
      { dbref: 0, type: 'room', name: 'Limbo', flags: [] },
      { dbref: 1, type: 'player', name: 'Merle', flags: ['WIZARD'] },
    ])
    expect(await createPasswords().verify(await wizardHash(), 'open sesame')).toEqual({ kind: 'right' })
  }, 60_000)

  it('changes nothing the second time, and needs no password then', async () => {
    await prepare()
    const before = await wizardHash()
    const { stdout } = await runScript('prepare.ts', [], { DATABASE_URL: postgres.url, HOLDFAST_WIZARD_NAME: 'Other' })
    expect(stdout).toBe('{"wizard":{"name":"Wizard","created":false}}\n')
    expect(await wizardHash()).toBe(before)
  }, 60_000)

  it('makes one wizard when two run at once', async () => {
    const runs = await Promise.all([prepare(), prepare()])
    const created = runs.map(({ stdout }) => JSON.parse(stdout).wizard.created)
    expect(created.sort()).toEqual([false, true])
    expect(await postgres.query('select dbref from credentials')).toEqual([{ dbref: 1 }])
  }, 60_000)

  it('says what is missing and ends with 78 when the wizard is to be made without a password', async () => {
    await expect(prepare({ HOLDFAST_WIZARD_PASSWORD: '' })).rejects.toMatchObject({
      code: 78,
      stderr: expect.stringContaining('HOLDFAST_WIZARD_PASSWORD'),
    })
    await expect(prepare({ HOLDFAST_WIZARD_PASSWORD: 'short' })).rejects.toMatchObject({ code: 78, stdout: '' })
  }, 60_000)
})

describe('wizard-reset', () => {
  it('gives a wizard a new password, by the URL or by the running stack', async () => {
    await prepare()
    const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-data-'))
    try {
      const url = new URL(postgres.url)
      mkdirSync(join(dataDir, 'run'))
      mkdirSync(join(dataDir, 'postgres'))
      const processes = [{ role: 'postgres', index: 0, pid: 1, ports: { postgres: Number(url.port) }, startedAt: '' }]
      writeFileSync(join(dataDir, 'run', 'processes.json'), JSON.stringify({ processes }))
      writeFileSync(join(dataDir, 'postgres', 'password'), decodeURIComponent(url.password))
      const environments: Record<string, string>[] = [{ DATABASE_URL: postgres.url }, { HOLDFAST_DATA_DIR: dataDir }]
      for (const env of environments) {
        const { stdout } = await runScript('wizard-reset.ts', ['wizard'], env)
        const password = /^The new password of Wizard is (\w{5}(?:-\w{5}){3})\n$/.exec(stdout)?.[1] ?? ''
        expect(await createPasswords().verify(await wizardHash(), password)).toEqual({ kind: 'right' })
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  }, 60_000)

  it('resets no one who is no wizard', async () => {
    await prepare()
    const reset = runScript('wizard-reset.ts', ['Nobody'], { DATABASE_URL: postgres.url })
    await expect(reset).rejects.toMatchObject({ code: 67, stderr: 'Nobody is not a wizard of this game\n' })
    const nameless = runScript('wizard-reset.ts', [], { DATABASE_URL: postgres.url })
    await expect(nameless).rejects.toMatchObject({ code: 64, stderr: expect.stringContaining('which wizard?') })
  }, 60_000)
})
