import { expect, test } from 'vitest'
import { INITIAL_SETTINGS, settingsOf } from './play-settings.ts'

test('takes what it understands of what is kept, and the rest as at the start', () => {
  expect(settingsOf('{"textSize":"large","echo":false,"screenReader":true}')).toEqual({
    textSize: 'large',
    echo: false,
    screenReader: true,
  })
  expect(settingsOf('{"textSize":"huge","echo":"no","other":1}')).toEqual(INITIAL_SETTINGS)
  for (const text of [null, '', 'no json', 'null', '[]', '7']) expect(settingsOf(text)).toEqual(INITIAL_SETTINGS)
})
