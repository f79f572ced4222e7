'use client'

import { useRef, useState, useSyncExternalStore } from 'react'
import { Icon } from '#ui/icon.tsx'
import { Popover } from '#ui/popover.tsx'
import { applyTheme, THEMES, type Theme, themeStore } from '#ui/theme.ts'
import { changeSettings, type PlaySettings, TEXT_SIZES, type TextSize } from './play-settings.ts'

const THEME_WORDS: Readonly<Record<Theme, string>> = { system: 'System', light: 'Light', dark: 'Dark' }
const SIZE_WORDS: Readonly<Record<TextSize, string>> = {
  small: 'Small',
  normal: 'Normal',
  large: 'Large',
  largest: 'Largest',
}

export function SettingsButton({ settings }: { settings: PlaySettings }) {
  const [isOpen, setIsOpen] = useState(false)
  const anchor = useRef<HTMLButtonElement>(null)
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="btn"
        data-look="bare"
        data-square=""
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label="Settings"
        title="Settings"
        onClick={() => setIsOpen(!isOpen)}
      >
        <Icon name="settings" />
      </button>
      {isOpen && (
        <Popover anchor={anchor} className="play-settings" onClose={() => setIsOpen(false)}>
          <SettingsPanel settings={settings} />
        </Popover>
      )}
    </>
  )
}

function SettingsPanel({ settings }: { settings: PlaySettings }) {
  const theme = useSyncExternalStore(themeStore.subscribe, themeStore.read, themeStore.readOnServer)
  return (
    <div role="dialog" aria-label="Settings">
      <Choice name="Colours" options={THEMES} words={THEME_WORDS} chosen={theme} onChoose={applyTheme} />
      <Choice
        name="Size of text"
        options={TEXT_SIZES}
        words={SIZE_WORDS}
        chosen={settings.textSize}
        onChoose={(textSize) => changeSettings({ textSize })}
      />
      <Toggle isOn={settings.echo} onChange={(echo) => changeSettings({ echo })}>
        Show what I typed
      </Toggle>
      <Toggle isOn={settings.screenReader} onChange={(screenReader) => changeSettings({ screenReader })}>
        Screen reader: read new lines in batches, skip what is only drawn
      </Toggle>
    </div>
  )
}

interface ChoiceProps<T extends string> {
  name: string
  options: readonly T[]
  words: Readonly<Record<T, string>>
  chosen: T
  onChoose(option: T): void
}

function Choice<T extends string>({ name, options, words, chosen, onChoose }: ChoiceProps<T>) {
  return (
    <fieldset>
      <legend>{name}</legend>
      {options.map((option) => (
        <label key={option}>
          <input
            type="radio"
            className="radio"
            name={name}
            checked={option === chosen}
            onChange={() => onChoose(option)}
          />
          {words[option]}
        </label>
      ))}
    </fieldset>
  )
}

function Toggle(props: { isOn: boolean; onChange(isOn: boolean): void; children: string }) {
  return (
    <label>
      <input
        type="checkbox"
        className="checkbox"
        checked={props.isOn}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.children}
    </label>
  )
}
