'use client'

import { COLUMNS as COLUMNS_PREFERENCE, DENSITY, usePreference } from '#features/preferences/preferences.ts'
import { Button } from '#ui/button.tsx'
import { Menu, MenuCheck, MenuItem } from '#ui/menu.tsx'
import { COLUMNS, columnsShown } from './columns.tsx'

/** Which columns the list has. */
export function ColumnsMenu() {
  const [chosen, setChosen] = usePreference(COLUMNS_PREFERENCE)
  const shown = columnsShown(chosen, 0).map(({ id }) => id)
  const toggle = (id: string): void =>
    setChosen(shown.includes(id) ? shown.filter((each) => each !== id) : [...shown, id])
  return (
    <Menu label="Columns" icon="columns" text="Columns" shortcut="columns" isForSeveral>
      {COLUMNS.map(({ id, label }) => (
        <MenuCheck key={id} isChosen={shown.includes(id)} onChoose={() => toggle(id)}>
          {label}
        </MenuCheck>
      ))}
      <hr />
      <MenuItem onChoose={() => setChosen(null)}>As at the start</MenuItem>
    </Menu>
  )
}

export function DensityButton() {
  const [density, setDensity] = usePreference(DENSITY)
  const other = density === 'compact' ? 'comfortable' : 'compact'
  return (
    <Button
      icon="density"
      aria-label={`Row height: ${density}. Make it ${other}`}
      title={`Row height: ${density}`}
      onClick={() => setDensity(other)}
    />
  )
}
