import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from './errors.ts'

const FAILURE_MODES = join(import.meta.dirname, '../../../../docs/failure-modes.md')

/** What each section has to answer for somebody who meets the code in a log. */
const QUESTIONS = ['**Means.**', '**Players.**', '**Heals.**', '**Do.**']

function sections(): Map<string, string> {
  const [, ...parts] = readFileSync(FAILURE_MODES, 'utf8').split(/^## /m)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      return [part.slice(0, end).trim(), part.slice(end)]
    }),
  )
}

describe('docs/failure-modes.md', () => {
  it('has one section for each error code, in the same order, and none for others', () => {
    expect([...sections().keys()]).toEqual(Object.keys(ERROR_CODES))
  })

  it('says of each code what it means, what players notice, what heals it and what to do', () => {
    for (const [code, text] of sections()) {
      const missing = QUESTIONS.filter((question) => !text.includes(question))
      expect({ code, missing }).toEqual({ code, missing: [] })
    }
  })
})
