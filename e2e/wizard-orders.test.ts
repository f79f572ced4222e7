import { waitUntil } from '@holdfast/runtime/testing'
import type { CommandRequest, SessionRow } from '@holdfast/store/contracts'
import { createSid, partitionOf } from '@holdfast/store/contracts'
import { ulid } from 'ulid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Game, startGame } from './harness/game.ts'
import { createPlayer, hangUpAll, type Player } from './harness/player.ts'
import { whoNames } from './harness/sessions.ts'
import { openWizard, SECRET, type Wizard } from './harness/wizard.ts'

/** A wizard's commands: each applied once and in order, refused when the session is another, and nothing done when it says so. */

const SETTLED_MS = 15_000

let game: Game
let wizard: Wizard
let player: Player
let witness: Player
let row: SessionRow
let made = 0

beforeAll(async () => {
  game = await startGame({ env: { HOLDFAST_SECRET: SECRET } })
  wizard = await openWizard(game)
  witness = await createPlayer(game, 'Witness')
})
afterAll(async () => {
  await wizard?.close()
  await game?.stop()
})
beforeEach(async () => {
  made += 1
  player = await createPlayer(game, `Ann${made}`)
  row = await wizard.row(player.name)
  await wizard.allIn(['in-sync'], SETTLED_MS)
  return () => hangUpAll([player])
})

const linesWith = ({ lines }: Player, text: string): number => lines.filter((line) => line.text.includes(text)).length

test('tells a player once what a wizard has to say, though it was sent twice and the server was killed in between', async () => {
  const request: CommandRequest = {
    id: `m${made}`,
    type: 'message',
    target: { sids: [row.sid] },
    text: 'Mind the step.',
    reason: 'test',
  }
  const first = wizard.order(request)
  await game.kill('server')
  const second = wizard.order(request)
  expect([(await first).kind, (await second).kind].sort()).toEqual(['accepted', 'known'])
  await player.waitFor('Mind the step.', SETTLED_MS)
  const { results } = await wizard.commandIn(request.id, 'applied')
  expect(results).toEqual([expect.objectContaining({ sid: row.sid, outcome: 'done' })])
  expect((await wizard.order(request)).kind).toBe('known')
  expect((await wizard.order({ ...request, text: 'Another.' })).kind).toBe('conflict')
  await whoNames(player, SETTLED_MS)
  expect(linesWith(player, 'Mind the step.')).toBe(1)
  await game.ready()
})

test('shows a player out once, with the text, though the server is killed in between; the others hear it once', async () => {
  const ordered = wizard.command({
    type: 'disconnect',
    target: { sids: [row.sid] },
    text: 'The show is over.',
    reason: 'test',
    expect: { [row.sid]: row.version },
  })
  await game.kill('server')
  const { id } = await ordered
  await player.waitFor('The show is over.', SETTLED_MS)
  await waitUntil(() => !player.isOpen, { timeoutMs: SETTLED_MS, what: 'the close' })
  const command = await wizard.commandIn(id, 'verified')
  expect(command.results).toEqual([expect.objectContaining({ outcome: 'done' })])
  await witness.waitFor(`${player.name} has disconnected.`, SETTLED_MS)
  await whoNames(witness, SETTLED_MS)
  expect(linesWith(witness, `${player.name} has disconnected.`)).toBe(1)
  await waitUntil(() => wizard.detail(row.sid).closed !== null, {
    timeoutMs: SETTLED_MS,
    what: 'the end in the detail',
  })
  expect(wizard.detail(row.sid).closed?.reason).toBe('boot')
  const audit = wizard.console.commands.audit({ cursor: null, limit: 10 })
  expect(audit?.items.find(({ commandId }) => commandId === id)).toMatchObject({
    who: expect.stringContaining('Wizard'),
    reason: 'test',
  })
  await game.ready()
})

test('reconciles once though the server is killed in between', async () => {
  const key = `hf:{${partitionOf(row.sid)}}:s:${row.sid}`
  await game.redis.hset(key, 'room', '#99')
  const ordered = wizard.command({ type: 'reconcile', target: { sids: [row.sid] }, truth: 'owner', reason: 'test' })
  await game.kill('server')
  const { id } = await ordered
  // A takeover loads what Redis holds: then Redis was right at the moment of the takeover, and the replay decides.
  const command = await waitUntil(
    () => {
      const found = wizard.console.commands.get(id)
      return found?.results.length === 1 && found
    },
    { timeoutMs: 30_000, what: 'the result' },
  )
  expect(command.results).toHaveLength(1)
  await game.ready()
  await wizard.allIn(['in-sync'], 30_000)
})

test('tells what a reconcile would do, and does nothing, at a dry run', async () => {
  const key = `hf:{${partitionOf(row.sid)}}:s:${row.sid}`
  await game.redis.hset(key, 'meta:color', 'mauve')
  const { id } = await wizard.command({ type: 'reconcile', target: { sids: [row.sid] }, truth: 'owner', dryRun: true })
  const { plan } = await wizard.commandIn(id, 'applied')
  expect(plan).toEqual([expect.objectContaining({ sid: row.sid, field: 'meta:color', to: 'redis', before: 'mauve' })])
  expect(await game.redis.hget(key, 'meta:color')).toBe('mauve')
  const mended = await wizard.command({
    type: 'reconcile',
    target: { sids: [row.sid] },
    truth: 'owner',
    reason: 'test',
  })
  await wizard.commandIn(mended.id, 'verified')
  expect(await game.redis.hget(key, 'meta:color')).toBeNull()
})

test('refuses what was meant for the session as it was, says what has changed, and does nothing', async () => {
  await player.ask('say I am not who I was', 'You say, "I am not who I was"', SETTLED_MS)
  await waitUntil(() => wizard.detail(row.sid).session.version !== row.version, { what: 'another version' })
  const submitted = await wizard.order({
    type: 'disconnect',
    target: { sids: [row.sid] },
    reason: 'test',
    expect: { [row.sid]: row.version },
  })
  expect(submitted).toMatchObject({ kind: 'conflict', changed: [{ sid: row.sid, saw: row.version }] })
  await whoNames(player, SETTLED_MS)
  expect(player.isOpen).toBe(true)
})

test('says that a session is gone which has left', async () => {
  player.hangUp()
  await waitUntil(() => wizard.detail(row.sid).closed !== null, { timeoutMs: SETTLED_MS, what: 'the end' })
  const { id } = await wizard.command({
    type: 'message',
    target: { sids: [row.sid] },
    text: 'Too late.',
    reason: 'test',
  })
  const left = await wizard.command({
    type: 'disconnect',
    target: { sids: [createSid(ulid())] },
    reason: 'never there',
  })
  for (const each of [id, left.id]) {
    const command = await waitUntil(
      () => {
        const found = wizard.console.commands.get(each)
        return found?.results.length === 1 && found
      },
      { timeoutMs: SETTLED_MS, what: 'the result' },
    )
    expect(command.results[0]?.outcome).toBe('gone')
  }
})

test('refuses what Kafka does not take, and does nothing of it, also when Kafka is back', async () => {
  await game.kill('kafka', 0, 'SIGSTOP')
  const request: CommandRequest = {
    id: `k${made}`,
    type: 'message',
    target: { sids: [row.sid] },
    text: 'Never to be read.',
    reason: 'test',
  }
  const submitted = await wizard.order(request)
  expect(submitted.kind).toBe('unavailable')
  await game.kill('kafka', 0, 'SIGCONT')
  await game.ready()
  await whoNames(player, 30_000)
  const later = await wizard.command({ ...request, id: `l${made}`, text: 'To be read.' })
  await player.waitFor('To be read.', 30_000)
  await wizard.commandIn(later.id, 'applied')
  expect(linesWith(player, 'Never to be read.')).toBe(0)
})

test('lets a wizard in by name and password, and nobody else, while Redis is away', async () => {
  await game.kill('redis', 0, 'SIGSTOP')
  try {
    const { signIns } = wizard.console
    expect(await signIns.signIn('Wizard', 'wizard-of-the-tests')).toMatchObject({
      kind: 'wizard',
      dbref: '#1',
      name: 'Wizard',
    })
    expect((await signIns.signIn('Wizard', 'wrong')).kind).toBe('refused')
    expect((await signIns.signIn(player.name, `pass-word-of-${player.name}`)).kind).toBe('refused')
    expect((await signIns.signIn('Nobody at all', 'wrong')).kind).toBe('refused')
  } finally {
    await game.kill('redis', 0, 'SIGCONT')
  }
  await game.ready()
})
