'use client'

import { parseAsBoolean, parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs'

export const TABS = ['copies', 'writes', 'events', 'history', 'raw'] as const
export type SessionTab = (typeof TABS)[number]

/** What the page of a session shows is in its address, a half-filled reconcile too. */
export function useSessionUrl() {
  return useQueryStates({
    tab: parseAsStringLiteral(TABS).withDefault('copies'),
    /** Null: as the window is wide. */
    diff: parseAsBoolean,
    all: parseAsBoolean.withDefault(false),
    ignored: parseAsBoolean.withDefault(false),
    raw: parseAsBoolean.withDefault(false),
    field: parseAsString,
    reconcile: parseAsStringLiteral(['one']),
    truth: parseAsStringLiteral(['owner', 'redis']).withDefault('owner'),
  })
}

export type SessionUrl = ReturnType<typeof useSessionUrl>[0]
export type SetSessionUrl = ReturnType<typeof useSessionUrl>[1]
