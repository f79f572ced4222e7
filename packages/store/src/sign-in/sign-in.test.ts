import { manualClock } from '@holdfast/runtime/testing'
import { expect, test } from 'vitest'
import type { AuditRecord, ControlRecord, ControlRecordOf, SignInQuestion } from '../contracts/index.ts'
import type { ControlBoard } from '../control/control-board.ts'
import { createSeal } from '../kafka/seal.ts'
import type { SignInReply } from '../partition/game.ts'
import { quietBeat } from '../testing/beats.ts'
import { AT } from '../testing/fixtures.ts'
import { createSignInClient, SIGN_IN_WAIT_MS } from './sign-in-client.ts'
import { openSignInDesk, SIGN_INS_WAITING_MAX } from './sign-in-desk.ts'

const WIZARD = { kind: 'wizard', dbref: '#1', name: 'Mara', credentialEpoch: 'e1' } as const
const REFUSED = { kind: 'refused' } as const

/** A board between a console and servers: what one says all hear. */
function createBoard(servers: Readonly<Record<string, readonly number[]>>) {
  const listeners = new Map<string, Set<(record: ControlRecord) => void>>()
  const said: ControlRecord[] = []
  const board: Pick<ControlBoard, 'on' | 'send' | 'heard' | 'isAlive'> = {
    on(kind, listener) {
      const all = listeners.get(kind) ?? new Set()
      listeners.set(kind, all)
      const isOfKind = (record: ControlRecord): record is ControlRecordOf<typeof kind> => record.kind === kind
      const heard = (record: ControlRecord): void => {
        if (isOfKind(record)) listener(record)
      }
      all.add(heard)
      return () => void all.delete(heard)
    },
    send(record) {
      said.push(record)
      for (const listener of listeners.get(record.kind) ?? []) listener(record)
    },
    heard: () =>
      Object.entries(servers).map(([process, owned]) => ({
        beat: quietBeat(process, { partitions: [...owned] }),
        heardAt: 0,
      })),
    isAlive: () => true,
  }
  return { board, said }
}

function setUp(options: {
  servers?: Readonly<Record<string, readonly number[]>>
  check?: (question: SignInQuestion) => Promise<SignInReply>
  /** Servers that do not answer. */
  dead?: readonly string[]
  secret?: string
}) {
  const { servers = { a: [3] }, dead = [], secret = 'a secret of this test' } = options
  const check = options.check ?? (() => Promise.resolve({ answer: WIZARD, who: 'Mara' }))
  const clock = manualClock(AT)
  const { board, said } = createBoard(servers)
  const audited: Pick<AuditRecord, 'kind' | 'id'>[] = []
  const dropped: string[] = []
  const failed: string[] = []
  const asked: SignInQuestion[] = []
  for (const [incarnation, owned] of Object.entries(servers)) {
    if (dead.includes(incarnation)) continue
    openSignInDesk({
      board,
      seal: createSeal('a secret of this test'),
      outbox: { audit: (record) => audited.push(record) },
      clock,
      incarnation,
      answersFor: (partition) => owned.includes(partition),
      signIn(question) {
        asked.push(question)
        return check(question)
      },
      onDropped: (why) => dropped.push(why),
      onFailed: (problem) => failed.push(problem),
    })
  }
  const console = createSignInClient({
    board: () => board,
    seal: createSeal(secret),
    clock,
    incarnation: 'console-1',
    random: () => 0,
  })
  return { clock, console, said, audited, dropped, failed, asked }
}

test('lets a wizard in, and brings neither name nor password in clear over the bus', async () => {
  const { console, said, audited } = setUp({})
  expect(await console.signIn('Mara', 'correct horse')).toEqual(WIZARD)
  expect(said.map(({ kind }) => kind)).toEqual(['sign-in', 'sign-in-answer'])
  expect(JSON.stringify(said)).not.toMatch(/Mara|correct horse|#1|e1"/)
  expect(audited).toMatchObject([{ kind: 'sign-in', who: 'Mara', outcome: 'accepted' }])
})

test('audits who was refused only where the name is a character’s: what was typed may be a password', async () => {
  const replies: SignInReply[] = [
    { answer: REFUSED, who: 'Bob' },
    { answer: REFUSED, who: null },
  ]
  const { console, audited } = setUp({
    check: () => Promise.resolve(replies.shift() ?? { answer: REFUSED, who: null }),
  })
  expect(await console.signIn('Bob', 'wrong')).toEqual(REFUSED)
  expect(await console.signIn('my password by mistake', '')).toEqual(REFUSED)
  expect(audited).toMatchObject([
    { who: 'Bob', outcome: 'refused' },
    { who: null, outcome: 'refused' },
  ])
  expect(JSON.stringify(audited)).not.toContain('my password')
})

test('asks the standing of a character without auditing it', async () => {
  const { console, audited, asked } = setUp({})
  expect(await console.standing('#1')).toEqual(WIZARD)
  expect(asked).toEqual([{ dbref: '#1' }])
  expect(audited).toEqual([])
})

test('asks another server when the first does not answer', async () => {
  const { console, clock, said } = setUp({ servers: { a: [3], b: [9] }, dead: ['a'] })
  const answer = console.signIn('Mara', 'x')
  await clock.advance(1_600)
  expect(await answer).toEqual(WIZARD)
  expect(said.flatMap((record) => (record.kind === 'sign-in' ? [record.partition] : []))).toEqual([3, 9])
})

test('audits one sign-in that two servers were asked about under one id', async () => {
  const slow = Promise.withResolvers<SignInReply>()
  const { console, clock, audited } = setUp({ servers: { a: [3], b: [9] }, check: () => slow.promise })
  const answer = console.signIn('Mara', 'x')
  await clock.advance(1_600)
  slow.resolve({ answer: WIZARD, who: 'Mara' })
  expect(await answer).toEqual(WIZARD)
  await clock.advance(10)
  expect(audited).toHaveLength(2)
  expect(new Set(audited.map(({ id }) => id)).size).toBe(1)
})

test('is unavailable when no server answers in time, and when Kafka has never answered', async () => {
  const { console, clock } = setUp({ dead: ['a'] })
  const answer = console.signIn('Mara', 'x')
  await clock.advance(SIGN_IN_WAIT_MS)
  expect(await answer).toEqual({ kind: 'unavailable' })
  expect(clock.pendingTimers()).toBe(0)
  const boardless = createSignInClient({ board: () => null, seal: createSeal('x'), clock, incarnation: 'c' })
  expect(await boardless.signIn('Mara', 'x')).toEqual({ kind: 'unavailable' })
})

test('is unavailable when the game cannot check, which is logged without what was typed', async () => {
  const { console, failed, audited } = setUp({ check: () => Promise.reject(new Error('parameter: hunter2')) })
  expect(await console.signIn('Mara', 'hunter2')).toEqual({ kind: 'unavailable' })
  expect(failed).toHaveLength(1)
  expect(failed.join()).not.toContain('hunter2')
  expect(audited).toEqual([])
})

test('answers nothing that was sealed with another secret', async () => {
  const { console, clock, dropped, asked } = setUp({ secret: 'another secret' })
  const answer = console.signIn('Mara', 'x')
  await clock.advance(SIGN_IN_WAIT_MS)
  expect(await answer).toEqual({ kind: 'unavailable' })
  expect(asked).toEqual([])
  expect(dropped).toContain('unreadable')
})

test('works on two at once and keeps so many waiting; the rest are dropped and counted', async () => {
  const replies: ((reply: SignInReply) => void)[] = []
  const check = () => new Promise<SignInReply>((resolve) => replies.push(resolve))
  const { console, clock, dropped } = setUp({ check })
  const answers = Array.from({ length: SIGN_INS_WAITING_MAX + 5 }, () => console.signIn('Mara', 'x'))
  expect(replies).toHaveLength(2)
  expect(dropped).toEqual(['too-many', 'too-many', 'too-many'])
  await clock.advance(SIGN_IN_WAIT_MS + 100)
  expect(new Set((await Promise.all(answers)).map(({ kind }) => kind))).toEqual(new Set(['unavailable']))
  for (let at = 0; at < 4; at++) {
    replies[at]?.({ answer: WIZARD, who: 'Mara' })
    await clock.advance(10)
  }
  expect(replies).toHaveLength(2)
  expect(dropped.filter((why) => why === 'too-late')).toHaveLength(SIGN_INS_WAITING_MAX)
})

test('refuses at once what no name and no password is like', async () => {
  const { console, said } = setUp({})
  expect(await console.signIn('x'.repeat(1_000), 'x')).toEqual(REFUSED)
  expect(said).toEqual([])
})
