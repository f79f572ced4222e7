'use client'

import type { Command, CommandRequest, Sid } from '@holdfast/store/contracts'
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { commandOrder, commandQuestion } from '#features/api/questions.ts'
import type { ApiClient } from '#features/api/request.ts'
import { useApi } from '#features/live/services.tsx'
import { useToast } from '#features/toasts/toasts.tsx'
import { createCommandLooks } from './command-looks.ts'
import { isOver, outcomeText } from './command-words.ts'
import { type Intent, intentsOf } from './intents.ts'

/** A command that was given from this tab. */
export interface Given {
  id: string
  request: CommandRequest
  /** Whom it is about, as people say it: `Thornwick`, `388 sessions`. */
  what: string
  /** Whom it is for, where it names them. */
  sids: ReadonlySet<Sid>
  /** False while the console has not said that it has it. */
  isTaken: boolean
}

type Order = Omit<CommandRequest, 'id'>

interface Desk {
  /** Oldest first; one that the console did not take is not there any more. */
  given: readonly Given[]
  /** Resolves when the console has taken it; rejects with `ApiError` where it did not. A repeat with the same id has no second effect. */
  give(order: Order, what: string, id?: string): Promise<Command>
}

const DeskContext = createContext<Desk | null>(null)
const REMEMBERED_MAX = 50

/** Gives commands and follows them to their end, whatever page is open then. */
export function CommandDesk({ children }: { children: ReactNode }) {
  const [given, setGiven] = useState<readonly Given[]>([])
  const api = useApi()
  const keep = (id: string, kept: Given | null): void =>
    setGiven((before) => [...before.filter((each) => each.id !== id), ...(kept ? [kept] : [])].slice(-REMEMBERED_MAX))
  const give: Desk['give'] = async (order, what, id = crypto.randomUUID()) => {
    const request = { ...order, id }
    const sids = new Set('sids' in order.target ? order.target.sids : [])
    const sent = { id, request, what, sids, isTaken: false }
    keep(id, sent)
    try {
      const command = await api.ask(commandOrder(request))
      keep(id, { ...sent, isTaken: true })
      return command
    } catch (error) {
      keep(id, null)
      throw error
    }
  }
  return (
    <DeskContext value={{ given, give }}>
      {children}
      {given.filter(isTaken).map((each) => (
        <Follow key={each.id} given={each} />
      ))}
    </DeskContext>
  )
}

export function useCommandDesk(): Desk {
  const desk = useContext(DeskContext)
  if (!desk) throw new Error('a page of the console is rendered outside of its commands')
  return desk
}

const isTaken = (given: Given): boolean => given.isTaken

const commandQuery = (api: ApiClient, id: string | null) => ({
  queryKey: ['/api/commands', id],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.ask({ ...commandQuestion(id ?? ''), signal }),
  staleTime: 0,
})

/** The command as the console tells it, until it is over; a late answer to one that timed out is still seen. */
export function useCommand(id: string | null) {
  const [nextLook] = useState(createCommandLooks)
  return useQuery({
    ...commandQuery(useApi(), id),
    enabled: id !== null,
    refetchInterval: ({ state }) => nextLook(state.data, state.dataUpdatedAt),
  })
}

/**
 * Says how it ended, and has what it changed asked for again. Where nobody had answered, a late answer is said in place of that. A
 * dry run's outcome stands where it was asked for.
 */
function Follow({ given: { id, request, what } }: { given: Given }) {
  const { data } = useCommand(id)
  const toast = useToast()
  const queries = useQueryClient()
  const isSaid = useRef(false)
  const isEnded = data !== undefined && isOver(data)
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once for each end
  useEffect(() => {
    if (!data || !(isEnded || (isSaid.current && data.state === 'applied'))) return
    isSaid.current = true
    void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== '/api/commands' })
    if (request.dryRun) return
    const link = { href: `/commands/${encodeURIComponent(id)}`, label: 'Open' }
    toast({ ...outcomeText(data, what), link, about: id })
  }, [isEnded, data?.state])
  return null
}

/** What is being done to sessions now by this wizard. The answer is read, not asked for: each command is followed already. */
export function useIntents(): (sid: Sid) => Intent | null {
  const { given } = useCommandDesk()
  const api = useApi()
  const commands = useQueries({
    queries: given.map(({ id }) => ({ ...commandQuery(api, id), enabled: false })),
    combine: dataOf,
  })
  return useMemo(
    () => intentsOf(given.map((each, index) => ({ ...each, command: commands[index] }))),
    [given, commands],
  )
}

const dataOf = (results: readonly { data: Command | undefined }[]): (Command | undefined)[] =>
  results.map(({ data }) => data)

/** What is being done to a session now by this wizard: `Booting`. Intent, never effect. */
export function useIntentFor(sid: Sid): CommandRequest['type'] | null {
  const { given } = useCommandDesk()
  const last = given.findLast(({ sids }) => sids.has(sid))
  const { data } = useCommand(last?.isTaken ? last.id : null)
  if (!last || last.request.dryRun || last.request.type === 'recheck') return null
  return data && isOver(data) ? null : last.request.type
}
