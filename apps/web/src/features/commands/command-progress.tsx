'use client'

import type { Command } from '@holdfast/store/contracts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { errorText } from '#features/api/api-error.ts'
import { stopOrder } from '#features/api/questions.ts'
import { useApi } from '#features/live/services.tsx'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { countText } from '#ui/format/number.ts'
import { progressText, reachedOf, stopOff, stoppedText } from './progress-words.ts'

/** How far a command of many is, how fast, and what stops it. Nothing for a command of one. */
export function CommandProgress({ command }: { command: Command }) {
  const { progress, stop } = command
  if (!progress || progress.total < 2) return null
  const { total, ended } = progress
  const reached = reachedOf(command)
  return (
    <div className="grid gap-2">
      <p className="tabular-nums">{progressText(progress, reached)}</p>
      <div className="meter" role="presentation">
        <span style={{ width: `${(reached / total) * 100}%` }} />
      </div>
      {stop && <p className="text-text-2">{stoppedText(stop)}</p>}
      {stopOff(command) === null && <StopButton command={command} left={total - ended} />}
    </div>
  )
}

function StopButton({ command: { id }, left }: { command: Command; left: number }) {
  const api = useApi()
  const queries = useQueryClient()
  const commandsOff = useCommandsOff()
  const stopping = useMutation({
    mutationFn: () => api.ask(stopOrder(id)),
    onSettled: () => queries.invalidateQueries({ queryKey: ['/api/commands', id] }),
  })
  const off = commandsOff ?? (stopping.isPending ? 'On its way' : null)
  return (
    <p className="flex flex-wrap items-center gap-2">
      <Button look="danger" off={off} onClick={() => stopping.mutate()}>
        Stop
      </Button>
      <span className="text-text-3 text-xs" role={stopping.error ? 'alert' : undefined}>
        {stopping.error
          ? `${errorText(stopping.error)}.`
          : (commandsOff ?? `What is done stays done. Of the other ${countText(left)} none is begun any more.`)}
      </span>
    </p>
  )
}
