import { plainText, type Run } from './text-style.ts'

/** A part of a line: text, or a link with the text as the game wrote it. */
export interface Segment {
  href: string | null
  runs: Run[]
}

const CANDIDATE = /\bhttps?:\/\/[^\s<>"`{}|\\^]+/gi
const HREF_CHARACTERS_MAX = 2_048
const TRAILING = new Set(".,;:!?'*_~")

const surplus = (text: string, closer: string, opener: string): number =>
  text.split(closer).length - text.split(opener).length

/** Without the sentence's own punctuation; a closing bracket stays where it was opened within. Once through: a line may be made to be slow. */
function trimmed(candidate: string): string {
  const loose = new Map([
    [')', surplus(candidate, ')', '(')],
    [']', surplus(candidate, ']', '[')],
  ])
  let end = candidate.length
  while (end > 0) {
    const last = candidate.charAt(end - 1)
    const over = loose.get(last) ?? 0
    if (over > 0) loose.set(last, over - 1)
    else if (!TRAILING.has(last)) break
    end--
  }
  return candidate.slice(0, end)
}

/**
 * Where a link may lead; null where there is none. A name before the host (`https://bank.example@evil.example`) is a trick, never
 * a need. A host in other letters becomes its ASCII form, which the page shows.
 */
function hrefOf(text: string): string | null {
  const url = text.length > HREF_CHARACTERS_MAX ? null : URL.parse(text)
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  return url.username !== '' || url.password !== '' || url.hostname === '' ? null : url.href
}

type Found = { from: number; to: number; href: string }

function linksIn(text: string): Found[] {
  const found: Found[] = []
  for (const { 0: candidate, index } of text.matchAll(CANDIDATE)) {
    const url = trimmed(candidate)
    const href = hrefOf(url)
    if (href !== null) found.push({ from: index, to: index + url.length, href })
  }
  return found
}

/** A line in segments, in order; the texts together are the line's. A link may go over several styles. */
export function segmentsOf(runs: readonly Run[]): Segment[] {
  const text = plainText(runs)
  const links = /https?:/i.test(text) ? linksIn(text) : []
  if (links.length === 0) return [{ href: null, runs: [...runs] }]
  const segments: Segment[] = []
  let at = 0
  for (const { from, to, href } of links) {
    if (from > at) segments.push({ href: null, runs: sliceRuns(runs, at, from) })
    segments.push({ href, runs: sliceRuns(runs, from, to) })
    at = to
  }
  if (at < text.length) segments.push({ href: null, runs: sliceRuns(runs, at, text.length) })
  return segments
}

function sliceRuns(runs: readonly Run[], from: number, to: number): Run[] {
  const parts: Run[] = []
  let start = 0
  for (const run of runs) {
    const text = run.text.slice(Math.max(0, from - start), Math.max(0, to - start))
    if (text !== '') parts.push({ text, style: run.style })
    start += run.text.length
  }
  return parts
}
