'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { failureOf, failureText } from '#features/api/api-error.ts'
import { endPlaceOrder, placesQuestion, whoQuestion } from '#features/api/questions.ts'
import { SHORTCUTS } from '#features/keyboard/shortcuts.ts'
import { useApi, useNow } from '#features/live/services.tsx'
import { DENSITY, LOCKED, RAIL, SINGLE_KEYS_OFF, usePreference } from '#features/preferences/preferences.ts'
import { THEME_NAMES, useTheme } from '#features/shell/theme-switch.tsx'
import { useWizard } from '#features/shell/wizard.tsx'
import { Button } from '#ui/button.tsx'
import { whenText } from '#ui/format/time.ts'
import { PageHead } from '#ui/page-head.tsx'
import { PlayerText } from '#ui/player-text.tsx'
import { QueryProblem } from '#ui/query-problem.tsx'
import { TableBox } from '#ui/table-box.tsx'
import { applyTheme, THEMES } from '#ui/theme.ts'

/** How this wizard likes the console, and where it is open. */
export function SettingsPage() {
  return (
    <>
      <PageHead title="Settings" />
      <div className="grid max-w-[44rem]">
        <Looks />
        <Keys />
        <Caution />
        <Places />
      </div>
    </>
  )
}

function Section({ id, title, children }: { id: string; title: string; children: React.ReactNode }) {
  return (
    <section className="section grid gap-2" aria-labelledby={id} style={{ paddingBlock: 14 }}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  )
}

function Looks() {
  const theme = useTheme()
  const [density, setDensity] = usePreference(DENSITY)
  const [isRail, setIsRail] = usePreference(RAIL)
  return (
    <Section id="looks" title="Looks">
      <fieldset>
        <legend className="text-text-3 text-xs">Colours</legend>
        <div className="flex gap-4">
          {THEMES.map((each) => (
            <label key={each} className="toggle">
              <input
                type="radio"
                className="radio"
                style={{ margin: 0 }}
                name="theme"
                checked={theme === each}
                onChange={() => applyTheme(each)}
              />
              {THEME_NAMES[each]}
            </label>
          ))}
        </div>
      </fieldset>
      <Check
        label="Comfortable rows in the list of sessions"
        isOn={density === 'comfortable'}
        onChange={(isOn) => setDensity(isOn ? 'comfortable' : 'compact')}
      />
      <Check label="Fold the navigation" isOn={isRail} onChange={setIsRail} />
    </Section>
  )
}

function Check({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  return (
    <label className="toggle">
      <input type="checkbox" className="checkbox" checked={isOn} onChange={({ target }) => onChange(target.checked)} />
      {label}
    </label>
  )
}

function Keys() {
  const [areOff, setAreOff] = usePreference(SINGLE_KEYS_OFF)
  const singles = SHORTCUTS.filter(({ keys }) => keys.some((key) => key.length === 1)).length
  return (
    <Section id="keys" title="Keys">
      <Check label="Turn off keys that are a single letter" isOn={areOff} onChange={setAreOff} />
      <p className="text-text-3 text-xs">
        {singles} keys of one letter do something; with dictation they can be pressed by mishap. Those with Ctrl, arrows
        and Escape stay. The list is behind <kbd className="kbd">?</kbd> and in your menu.
      </p>
    </Section>
  )
}

const READ_ONLY = {
  configured: 'This console is read-only: HOLDFAST_CONSOLE_READONLY is set.',
  unconfirmed: 'No game server has confirmed for long that you are a wizard. Commands are off until one does.',
} as const

function Caution() {
  const [isLocked, setIsLocked] = usePreference(LOCKED)
  const { readOnly } = useWizard()
  return (
    <Section id="caution" title="Caution">
      <Check label="Lock commands in this browser" isOn={isLocked} onChange={setIsLocked} />
      {readOnly !== null && <p className="text-text-2">{READ_ONLY[readOnly]}</p>}
    </Section>
  )
}

/** Where this wizard is signed in, and the way to end it. */
function Places() {
  const api = useApi()
  const now = useNow()
  const { name, dbref } = useWizard()
  const queries = useQueryClient()
  const who = useQuery({ queryKey: [whoQuestion.path], queryFn: ({ signal }) => api.ask({ ...whoQuestion, signal }) })
  const places = useQuery({
    queryKey: [placesQuestion.path],
    queryFn: ({ signal }) => api.ask({ ...placesQuestion, signal }),
    refetchInterval: 30_000,
  })
  const ending = useMutation({
    mutationFn: (id: string) => api.ask(endPlaceOrder(id)),
    onSettled: () => queries.invalidateQueries({ queryKey: [placesQuestion.path] }),
  })
  const failure = failureOf(ending.error)
  return (
    <Section id="places" title="Where you are signed in">
      <p className="text-text-2">
        <PlayerText text={name} /> <span className="mono text-text-3">{dbref}</span>
        {who.data && (
          <span className="text-text-3">, here until {whenText(who.data.expiresAt, now)} at the latest</span>
        )}
      </p>
      <QueryProblem what="Your sessions" error={places.error} onRetry={() => void places.refetch()} />
      {failure && <p className="text-danger-fg text-xs">{failureText(failure)}</p>}
      {places.data && places.data.items.length > 0 && (
        <TableBox label="Sign-ins">
          <table className="table" style={{ minWidth: 480 }}>
            <thead>
              <tr>
                <th scope="col">Since</th>
                <th scope="col">Last seen</th>
                <th scope="col">Ends</th>
                <th scope="col">
                  <span className="sr-only">Do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {places.data.items.map(({ id, since, seenAt, expiresAt, isThis }) => (
                <tr key={id}>
                  <td className="num">{whenText(since, now)}</td>
                  <td className="num">{whenText(seenAt, now)}</td>
                  <td className="num">{whenText(expiresAt, now)}</td>
                  <td className="end">
                    {isThis ? (
                      <span className="text-text-3">this browser</span>
                    ) : (
                      <Button size="s" look="danger" onClick={() => ending.mutate(id)}>
                        End it
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </Section>
  )
}
