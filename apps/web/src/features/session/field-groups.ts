import type { Field } from '@holdfast/store/contracts'

export interface FieldGroup {
  name: string
  fields: readonly Field[]
}

const GROUPS: readonly { name: string; fields: readonly string[] }[] = [
  {
    name: 'Identity',
    fields: ['versions', 'handle', 'slot', 'gateway', 'connectionEpoch', 'gatewayRevision', 'serverRevision'],
  },
  { name: 'Binding', fields: ['player', 'playerName', 'loginState', 'room', 'boundBy', 'wizard', 'hidden'] },
  {
    name: 'Network',
    fields: ['status', 'host', 'ip', 'transport', 'detachedUntil', 'closeReason', 'attachId', 'tokenHash'],
  },
  { name: 'Protocol', fields: ['client', 'width', 'height', 'capabilities'] },
  {
    name: 'Timing',
    fields: ['connectedAt', 'lastConnectionSignal', 'commandCount', 'inputSequence', 'waitingFor', 'commandIds'],
  },
]
const METADATA = 'Metadata'
const OTHER = 'Other'

/** Shown although they agree; the others that agree are counted. */
const KEY_FIELDS = new Set(['player', 'room', 'status', 'host', 'client', 'connectedAt', 'lastConnectionSignal'])

export const isQuiet = ({ state }: Field): boolean => state === 'in-sync'
/** What `n` goes to: it differs, waits, or is not known. */
export const isDifference = ({ state }: Field): boolean => state !== 'in-sync' && state !== 'ignored'
const isMeta = ({ name }: Field): boolean => name.startsWith('meta:')

export interface FieldChoice {
  /** Nothing that agrees. */
  onlyDifferences: boolean
  /** Everything that agrees too. */
  all: boolean
  showIgnored: boolean
}

export interface ChosenFields {
  groups: readonly FieldGroup[]
  /** That agree in all copies that hold them, and are not shown. */
  hidden: number
  ignored: number
}

/** Fields in their groups, in the order people look for them. Everything that does not agree is always there. */
export function groupsOf(fields: readonly Field[], { onlyDifferences, all, showIgnored }: FieldChoice): ChosenFields {
  const isShown = (field: Field): boolean => {
    if (field.state === 'ignored') return showIgnored
    if (!isQuiet(field)) return true
    return !onlyDifferences && (all || KEY_FIELDS.has(field.name) || isMeta(field))
  }
  const shown = fields.filter(isShown)
  const known = new Set(GROUPS.flatMap((group) => group.fields))
  const groups = [
    ...GROUPS.map(({ name, fields: names }) => ({
      name,
      fields: names.flatMap((each) => shown.filter((field) => field.name === each)),
    })),
    { name: METADATA, fields: shown.filter(isMeta) },
    { name: OTHER, fields: shown.filter((field) => !known.has(field.name) && !isMeta(field)) },
  ]
  return {
    groups: groups.filter((group) => group.fields.length > 0),
    hidden: fields.filter((field) => isQuiet(field) && !isShown(field)).length,
    ignored: fields.filter(({ state }) => state === 'ignored').length,
  }
}
