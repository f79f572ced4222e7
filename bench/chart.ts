import type { Row } from './measure.ts'
import { amount, figure, goalText, type MeasuredClaim, metText, type Report } from './wording.ts'

const WIDTH = 860
const LEFT = 300
const BAR_WIDTH = 300
const ROW_HEIGHT = 58
const TOP = 74
const BOTTOM = 44

const INK = '#1d2733'
const FAINT = '#5c6b7a'
const OURS = '#1f6f8b'
const BASE = '#b9c4cf'
const MET = '#2d7a46'
const MISSED = '#b3362b'

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

type Style = { size?: number; colour?: string; anchor?: 'start' | 'end'; weight?: number }

function text(
  x: number,
  y: number,
  words: string,
  { size = 13, colour = INK, anchor = 'start', weight = 400 }: Style = {},
): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}" text-anchor="${anchor}" font-weight="${weight}">${escaped(words)}</text>`
}

const bar = (y: number, width: number, colour: string): string =>
  `<rect x="${LEFT}" y="${y}" width="${Math.max(1, width).toFixed(1)}" height="15" rx="2" fill="${colour}"/>`

/** Each row has a scale of its own: units differ, and the pair is what counts. */
function rowChart(row: Row, at: number): string {
  const y = TOP + at * ROW_HEIGHT
  const most = Math.max(row.ours.median, row.base.median)
  const scaled = (value: number): number => (most > 0 && Number.isFinite(value) ? (value / most) * BAR_WIDTH : 0)
  const ours = scaled(row.ours.median)
  const base = scaled(row.base.median)
  const verdict = `${figure(row.ratio.median)} x, goal ${goalText(row.goal, row.unit)}`
  return [
    text(LEFT - 12, y + 14, row.what, { anchor: 'end' }),
    text(LEFT - 12, y + 31, row.reference, { anchor: 'end', colour: FAINT, size: 12 }),
    bar(y + 3, ours, OURS),
    text(LEFT + ours + 6, y + 15, amount(row.ours.median, row.unit), { size: 12 }),
    bar(y + 20, base, BASE),
    text(LEFT + base + 6, y + 32, amount(row.base.median, row.unit), { size: 12, colour: FAINT }),
    text(WIDTH - 16, y + 15, verdict, { anchor: 'end', size: 12 }),
    text(WIDTH - 16, y + 32, metText(row), {
      anchor: 'end',
      size: 12,
      weight: 700,
      colour: row.met === false ? MISSED : MET,
    }),
  ].join('\n')
}

/** One claim: ours above its reference, row by row. */
export function chart(claim: MeasuredClaim, { at, machine, versions }: Report): string {
  const height = TOP + claim.rows.length * ROW_HEIGHT + BOTTOM
  const where = `${machine.cores} x ${machine.model}, Node ${versions.node}, Redis ${versions.redis}, Kafka ${versions.kafka}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" role="img">`,
    `<title>${escaped(claim.title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(16, 30, claim.title, { size: 18, weight: 700 }),
    `<rect x="16" y="43" width="12" height="12" rx="2" fill="${OURS}"/>`,
    text(33, 53, 'Holdfast', { size: 12 }),
    `<rect x="100" y="43" width="12" height="12" rx="2" fill="${BASE}"/>`,
    text(117, 53, 'the reference, in the same rounds of the same run (medians)', { size: 12, colour: FAINT }),
    ...claim.rows.map(rowChart),
    text(16, height - 16, `${at.slice(0, 10)}: ${where}, ${claim.busyBefore.toFixed(1)} cores busy before`, {
      size: 11,
      colour: FAINT,
    }),
    '</svg>\n',
  ].join('\n')
}
