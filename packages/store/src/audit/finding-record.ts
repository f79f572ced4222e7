import {
  COPIES,
  type Copy,
  type CopyReading,
  type DivergenceCause,
  type FieldVerdict,
  type Finding,
  holdersOf,
  INDEX_FIELD,
  textOf,
  versionOf,
} from '../contracts/index.ts'
import type { Look } from './observer.ts'

/**
 * A look's verdict as consoles are shown it: the fields that differ, each with the value of every copy that holds it. Of a
 * session that a copy lacks, all fields that the others have.
 */
export function findingOf(look: Look, cause: DivergenceCause, since: number, policy: Finding['policy']): Finding {
  const { sid, verdict, record, copies } = look
  const { state, missingIn } = verdict
  const shown = verdict.fields.filter((field) => field.state === state || field.state === 'drifted')
  const fields = shown.map((field) => ({
    name: field.name,
    owner: field.owner,
    state: field.state,
    values: valuesOf(field, look),
  }))
  const handle = record?.handle ?? Number(textInRedis(copies.redis, 'handle'))
  return {
    sid,
    handle: Number.isInteger(handle) ? handle : 0,
    state,
    cause,
    missingIn: [...missingIn],
    since,
    fields: fields.filter(({ values }) => Object.values(values).some((value) => value !== null && value !== '')),
    policy,
  }
}

/** What of a finding is worth telling again: while a copy is missing the others' values go on changing. */
export function gistOf({ state, cause, missingIn, fields, policy }: Finding): string {
  const details = state === 'drifted' ? fields : fields.map(({ name }) => name)
  return JSON.stringify([state, cause, missingIn, policy, details])
}

function valuesOf({ name }: FieldVerdict, { copies, record }: Look): Finding['fields'][number]['values'] {
  const values: Partial<Record<Copy, string | null>> = {}
  const holders: readonly Copy[] = name === INDEX_FIELD ? ['server', 'redis'] : holdersOf(name)
  for (const copy of COPIES) {
    if (!holders.includes(copy)) continue
    const reading = copies[copy]
    if (reading.kind === 'read') values[copy] = textOf(reading.fields, name)
    else values[copy] = reading.kind === 'absent' ? '' : null
  }
  if (name === INDEX_FIELD) values.server = record ? versionOf(record) : ''
  return values
}

const textInRedis = (reading: CopyReading, name: string): string =>
  reading.kind === 'read' ? textOf(reading.fields, name) : ''
