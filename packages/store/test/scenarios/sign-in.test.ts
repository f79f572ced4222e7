import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { openToyConsole, readAudit, type ToyConsole } from './toy-orders.ts'
import { startToyWorld, type ToyWorld } from './toy-world.ts'

/** Signing in to a console, over real Kafka and servers that are really killed. */

const PASSWORD = 'correct-horse-battery'

let world: ToyWorld
let toy: ToyConsole
beforeAll(async () => {
  world = await startToyWorld()
  toy = await openToyConsole(world.services.env)
}, 120_000)
afterAll(async () => {
  await toy.close()
  await world.stop()
})
afterEach(() => world.endServers())

/** Every file of Kafka's that holds the text. */
function filesWith(text: string): string[] {
  const found: string[] = []
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) look(path)
      else if (entry.isFile() && readFileSync(path).includes(text)) found.push(path)
    }
  }
  look(join(world.folder, 'kafka'))
  return found
}

it('lets a wizard in and nobody else, audits both, and leaves no password in Kafka’s files', async () => {
  const server = await world.server()
  await server.ready()
  const { signIns } = toy.console
  expect(await signIns.signIn('Mara', PASSWORD)).toMatchObject({ kind: 'wizard', dbref: '#1', name: 'Mara' })
  expect(await signIns.signIn('Mara', 'a wrong-one-of-mine')).toEqual({ kind: 'refused' })
  expect(await signIns.signIn('Bob', PASSWORD)).toEqual({ kind: 'refused' })
  expect(await signIns.signIn('typed-into-the-wrong-field', PASSWORD)).toEqual({ kind: 'refused' })
  const audited = (await readAudit(world.services.env.KAFKA_BROKERS)).filter(({ kind }) => kind === 'sign-in')
  expect(audited).toMatchObject([
    { who: 'Mara', outcome: 'accepted' },
    { who: 'Mara', outcome: 'refused' },
    { who: 'Bob', outcome: 'refused' },
    { who: null, outcome: 'refused' },
  ])
  expect(filesWith(`"who":"Mara"`)).not.toEqual([]) // the search finds what is there
  for (const secret of [PASSWORD, 'a wrong-one-of-mine', 'typed-into-the-wrong-field']) {
    expect(filesWith(secret), secret).toEqual([])
  }
})

it('is answered by another server when the first one asked has been killed', async () => {
  const first = await world.server()
  const second = await world.server()
  await Promise.all([first.ready(32), second.ready(32)])
  first.signal('SIGSTOP')
  expect(await toy.console.signIns.signIn('Mara', PASSWORD)).toMatchObject({ kind: 'wizard' })
})

it('lets nobody in while no server can say who is a wizard', async () => {
  expect(await toy.console.signIns.signIn('Mara', PASSWORD)).toEqual({ kind: 'unavailable' })
  expect(await toy.console.signIns.standing('#1')).toEqual({ kind: 'unavailable' })
})
