import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '@holdfast/runtime/testing'
import type { Sid } from '@holdfast/store/contracts'
import { WebSocket } from 'ws'
import { z } from 'zod'
import type { Game } from './game.ts'

/**
 * Changes one process's memory and nothing else: by Node's own debugger, which any process of Node lets in on SIGUSR1. Nothing of
 * the product knows of it, so nothing is marked, written or told: as a stray pointer or a bug would have it.
 */

/** For the games of such tests: each process listens for its debugger at a port of its own. */
export const DEBUGGABLE = { NODE_OPTIONS: '--inspect-port=0' }

const OPEN_MS = 10_000
const ADDRESS = /Debugger listening on (ws:\/\/\S+)/g

/** What those of `this` that are maps have for `sid`: prototypes of classes that extend Map are among what is found, and are none. */
const VALUES = `this.flatMap((map) => { try { return [map.get(sid)] } catch { return [] } })`

/** A field of the session as its server holds it. */
export const alterServerMemory = (game: Game, sid: Sid, field: string, value: string): Promise<void> =>
  withDebugger(game, 'server', async (ask) => {
    const maps = await allOf(ask, 'Map.prototype')
    const altered = await callOn(
      ask,
      maps,
      `function (sid, field, value) {
        const records = ${VALUES}.filter((found) => found?.sid === sid && 'serverRevision' in found)
        for (const record of records) record[field] = value
        return records.length
      }`,
      [sid, field, value],
    )
    if (altered.value !== 1) throw new Error(`the server has ${altered.value} records of ${sid}`)
  })

/** Who plays (`player` or `loginState`), as the gateway knows it of the connection: a variable that only its closures see. */
export const alterGatewayMemory = (game: Game, sid: Sid, variable: string, value: string): Promise<void> =>
  withDebugger(game, 'gateway', async (ask) => {
    const maps = await allOf(ask, 'Map.prototype')
    const connection = await callOn(
      ask,
      maps,
      `function (sid) { return ${VALUES}.find((found) => found?.sid === sid && 'deliver' in found) }`,
      [sid],
    )
    if (connection.objectId === undefined) throw new Error(`the gateway has no connection ${sid}`)
    const getter = await callOn(
      ask,
      connection.objectId,
      'function (name) { return Object.getOwnPropertyDescriptor(this, name).get }',
      [variable],
    )
    await ask('Debugger.enable')
    // A condition is evaluated where the variable is in scope. It is never true, so nothing ever stops.
    const condition = `this.sid === ${JSON.stringify(sid)} && (${variable} = ${JSON.stringify(value)}, false)`
    await ask('Debugger.setBreakpointOnFunctionCall', { objectId: getter.objectId, condition })
    const read = await callOn(ask, connection.objectId, 'function (name) { return this[name] }', [variable])
    await ask('Debugger.disable')
    if (read.value !== value) throw new Error(`the gateway’s connection still has ${read.value}`)
  })

type Ask = (method: string, params?: Record<string, unknown>) => Promise<unknown>

const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
})
const remoteSchema = z.object({ objectId: z.string().optional(), value: z.unknown().optional() })
const calledSchema = z.object({ result: remoteSchema, exceptionDetails: z.unknown().optional() })
type Remote = z.infer<typeof remoteSchema>

async function withDebugger(game: Game, role: 'gateway' | 'server', use: (ask: Ask) => Promise<void>): Promise<void> {
  const log = join(game.dataDir, `logs/${role}-0.log`)
  await game.kill(role, 0, 'SIGUSR1')
  const address = await waitUntil(() => [...readFileSync(log, 'utf8').matchAll(ADDRESS)].at(-1)?.[1], {
    timeoutMs: OPEN_MS,
    what: `the debugger of the ${role}`,
  })
  const socket = new WebSocket(address)
  const waiting = new Map<number, (answer: z.infer<typeof answerSchema>) => void>()
  let asked = 0
  socket.on('message', (data) => {
    const answer = answerSchema.safeParse(JSON.parse(String(data)))
    // What has no id is news of the debugger's.
    if (answer.success) waiting.get(answer.data.id)?.(answer.data)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve())
    socket.once('error', reject)
  })
  try {
    await use(async (method, params = {}) => {
      const id = ++asked
      const answered = new Promise<z.infer<typeof answerSchema>>((resolve, reject) => {
        waiting.set(id, resolve)
        setTimeout(() => reject(new Error(`no answer to ${method}`)), OPEN_MS).unref()
      })
      socket.send(JSON.stringify({ id, method, params }))
      const { result, error } = await answered
      if (error) throw new Error(`${method}: ${error.message}`)
      return result
    })
  } finally {
    socket.close()
  }
}

/** The id of an array of all living objects that have this prototype. */
async function allOf(ask: Ask, prototype: string): Promise<string> {
  const { result } = calledSchema.parse(await ask('Runtime.evaluate', { expression: prototype }))
  const found = await ask('Runtime.queryObjects', { prototypeObjectId: result.objectId })
  const { objects } = z.object({ objects: z.object({ objectId: z.string() }) }).parse(found)
  return objects.objectId
}

async function callOn(ask: Ask, objectId: string, code: string, args: readonly string[] = []): Promise<Remote> {
  const called = await ask('Runtime.callFunctionOn', {
    objectId,
    functionDeclaration: code,
    arguments: args.map((value) => ({ value })),
  })
  const { result, exceptionDetails } = calledSchema.parse(called)
  if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails))
  return result
}
