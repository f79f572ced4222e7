'use client'

import { sessionsQuestion } from '#features/api/questions.ts'
import { useLive } from '#features/live/services.tsx'
import { useAnswer } from '#features/live/use-answer.ts'
import { countText } from '#ui/format/number.ts'
import { type SessionView, VIEWS } from './views.ts'

const COUNT_EVERY_MS = 5_000

/** The built-in views, each with how many there are. */
export function ViewTabs({ current, onChange }: { current: string; onChange: (id: string) => void }) {
  return (
    <nav className="tabs" aria-label="Views">
      {VIEWS.map((view) => (
        <button
          key={view.id}
          type="button"
          aria-current={view.id === current ? 'true' : undefined}
          onClick={() => onChange(view.id)}
        >
          {view.label} <Count view={view} />
        </button>
      ))}
    </nav>
  )
}

function Count({ view }: { view: SessionView }) {
  const { countIn, filter } = view
  const told = useLive(({ tick }) => (tick && countIn ? countIn(tick) : null))
  const asked = useAnswer(sessionsQuestion({ filter, sort: '', offset: 0, limit: 1 }), {
    everyMs: COUNT_EVERY_MS,
    isEnabled: countIn === null,
  })
  const count = told ?? asked.data?.total
  return <span className="tab-count">{count === undefined ? '' : countText(count)}</span>
}
