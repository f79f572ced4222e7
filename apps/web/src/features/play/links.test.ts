import { expect, test } from 'vitest'
import { segmentsOf } from './links.ts'
import { PLAIN, plainText, type Run } from './text-style.ts'

const run = (text: string, bold = false): Run => ({ text, style: bold ? { ...PLAIN, bold } : PLAIN })
const links = (text: string): (string | null)[] =>
  segmentsOf([run(text)])
    .map(({ href }) => href)
    .filter((href) => href !== null)

test('finds http and https, and nothing else', () => {
  expect(links('see https://example.org/a?b=c#d and http://example.net.')).toEqual([
    'https://example.org/a?b=c#d',
    'http://example.net/',
  ])
  expect(
    links('javascript:alert(1) data:text/html,x ftp://a.example file:///etc/passwd //a.example www.a.example'),
  ).toEqual([])
  expect(links('https:// http://')).toEqual([])
})

test('leaves the sentence’s punctuation out, and keeps brackets that belong to the address', () => {
  expect(links('(https://example.org/x).')).toEqual(['https://example.org/x'])
  expect(links('https://example.org/a_(b)!')).toEqual(['https://example.org/a_(b)'])
  expect(links('"https://example.org/q"')).toEqual(['https://example.org/q'])
})

test('makes no link of an address that pretends to be another', () => {
  expect(links('https://bank.example@evil.example/')).toEqual([])
  expect(links('https://user:word@evil.example/')).toEqual([])
  expect(links('https://xn--pple-43d.example https://аpple.example')).toEqual([
    'https://xn--pple-43d.example/',
    'https://xn--pple-43d.example/',
  ])
})

test('keeps all text and all styles, also of a link in several', () => {
  const runs = [run('go to https://exa'), run('mple.org/x', true), run(' now')]
  const segments = segmentsOf(runs)
  expect(
    segments
      .flatMap((segment) => segment.runs)
      .map(({ text }) => text)
      .join(''),
  ).toBe(plainText(runs))
  expect(segments[1]).toEqual({ href: 'https://example.org/x', runs: [run('https://exa'), run('mple.org/x', true)] })
  expect(segments.map(({ href }) => href !== null)).toEqual([false, true, false])
})

test('does not take long over lines that are made to', () => {
  const ends = [')'.repeat(8_000), '('.repeat(4_000) + ')'.repeat(4_000), '.'.repeat(8_000), '(.)]'.repeat(2_000)]
  const startedAt = performance.now()
  for (const end of ends) for (let time = 0; time < 20; time++) segmentsOf([run(`https://a${end}`)])
  for (let time = 0; time < 20; time++) segmentsOf([run('https://a.example '.repeat(450))])
  expect(performance.now() - startedAt).toBeLessThan(1_000)
})
