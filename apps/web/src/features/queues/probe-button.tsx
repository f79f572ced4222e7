'use client'

import type { Queues } from '@holdfast/store/contracts'
import { useGiving } from '#features/commands/use-giving.ts'
import { useLive } from '#features/live/services.tsx'
import { useCommandsOff } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { counted } from '#ui/format/number.ts'
import { processName } from '#ui/format/process-name.ts'
import { probesOf } from './probes.ts'

/** While Redis is away a retry is refused by each breaker; what can be done is to have them probe now. Not there while it answers. */
export function ProbeButton({ queues }: { queues: Queues }) {
  const isRedisDown = useLive(({ tick }) => tick?.redis.up === false)
  const commandsOff = useCommandsOff()
  const giving = useGiving(() => undefined)
  const { sids, processes } = probesOf(queues)
  if (!isRedisDown) return null
  const off =
    commandsOff ?? (giving.isGiving ? 'On its way' : sids.length === 0 ? 'No write waits to probe with' : null)
  const what = `${counted(processes.length, 'waiting write')} (${processes.map(processName).join(', ')})`
  const probe = (): void => {
    giving.give({ type: 'retry', target: { sids: [...sids] }, reason: 'probe whether Redis is back' }, what)
  }
  return (
    <Button icon="recheck" off={off} title={`Retries ${what}: the try is the probe`} onClick={probe}>
      Probe now
    </Button>
  )
}
