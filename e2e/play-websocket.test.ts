import { waitUntil } from '@holdfast/runtime/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { connectWebVisitor, createPlayer, type Player, WELCOME } from './harness/player.ts'
import { readSessions, untilStored, untilWho } from './harness/sessions.ts'
import { talk } from './harness/talk.ts'
import type { WebClient } from './harness/web-client.ts'

const ANSWER_MS = 15_000

let game: Game
let ann: Player
let web: Player & WebClient

beforeAll(async () => {
  game = await startGame()
  ann = await createPlayer(game, 'Ann')
  web = await connectWebVisitor(game, 'Wanda')
})
afterAll(() => game?.stop())

test('makes a player on a page, and tells the page when what is typed is a password', async () => {
  expect(web.subprotocol).toBe('json.mudstandards.org')
  await web.ask('create Wanda', 'Password:', ANSWER_MS)
  expect(web.messages.filter((message) => message.startsWith('echo'))).toEqual(['echo {"on":false}'])
  await web.ask('driftwood on the sand', WELCOME, ANSWER_MS)
  expect(web.messages.filter((message) => message.startsWith('echo'))).toEqual([
    'echo {"on":false}',
    'echo {"on":true}',
  ])
  await waitUntil(() => web.messages.includes('ack {"seq":2}'), { what: 'the acknowledgement' })
})

test('loses, doubles and reorders no word between a page and telnet while the server is killed twice', async () => {
  const report = await talk({
    topic: 'both ways',
    players: [ann, web],
    everyMs: 100,
    forMs: 8_000,
    moments: [1_500, 5_000],
    fault: async () => void (await game.kill('server')),
  })
  expect(report).toMatchObject({ said: 160, heard: 320 })
  await untilWho(ann, ['Ann', 'Wanda'], ANSWER_MS)
  await untilStored(game.redis, [ann, web], ANSWER_MS)
  const transports = (await readSessions(game.redis)).map(({ fields }) => `${fields.playerName} ${fields.transport}`)
  expect(transports.sort()).toEqual(['Ann telnet', 'Wanda websocket'])
})

test('lets the page read the goodbye, and tells it that it was one', async () => {
  const since = ann.lines.length
  web.send('QUIT')
  await web.closed
  expect(web.lines.at(-1)?.text).toBe('The tide takes your footprints, not your place. Goodbye.')
  expect(web.messages.at(-1)).toBe('bye {"reason":"quit"}')
  expect(web.ending()).toEqual({ code: 1000, reason: 'quit' })
  await ann.waitFor('Wanda has disconnected.', ANSWER_MS, since)
})
