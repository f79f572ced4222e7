import type { Command, CommandState } from '@holdfast/store/contracts'
import { isVerified } from './command-words.ts'

const STEPS: readonly CommandState[] = ['sent', 'accepted', 'applied', 'verified']

interface Step {
  name: string
  look: 'done' | 'now' | 'failed' | 'ahead'
}

/** The steps of a command and which it has taken; one that stopped shows where. Null: not given yet. */
export function stepsOf(command: Command | null): readonly Step[] {
  const names = command && !isVerified(command) ? STEPS.slice(0, 3) : STEPS
  if (!command) return names.map((name) => ({ name, look: 'ahead' }))
  const reached = names.indexOf(command.state)
  const isNotVerified = command.state === 'applied' && isVerified(command) && command.detail !== undefined
  if (isNotVerified) return withFailure(names, 3, command.detail ?? 'not verified')
  if (reached === -1) return withFailure(names, failedAt(command), failureOf(command))
  const isEnd = reached === names.length - 1
  return names.map((name, index) => ({
    name,
    look: index <= reached ? 'done' : index === reached + 1 && !isEnd ? 'now' : 'ahead',
  }))
}

const withFailure = (names: readonly string[], at: number, text: string): readonly Step[] =>
  names.map((name, index) => ({
    name: index === at ? text : name,
    look: index < at ? 'done' : index === at ? 'failed' : 'ahead',
  }))

const failedAt = ({ state }: Command): number => (state === 'refused' ? 1 : state === 'superseded' ? 3 : 2)

function failureOf({ state, detail }: Command): string {
  if (state === 'timed-out') return 'no answer in 10 s. State unknown'
  return detail ?? state
}

export function Stepper({ command }: { command: Command | null }) {
  return (
    <ol className="steps" aria-label={command ? `Command ${command.state}` : 'Not sent'}>
      {stepsOf(command).map(({ name, look }) => (
        <li key={name} data-step={look === 'ahead' ? undefined : look}>
          {name}
          {look === 'done' && <span className="sr-only"> done</span>}
        </li>
      ))}
    </ol>
  )
}
