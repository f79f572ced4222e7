import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart } from './chart.ts'
import type { Row } from './measure.ts'
import { amount, goalText, type MeasuredClaim, metText, type Report, ratioText } from './wording.ts'

const HEADS = ['what', 'ours', 'reference', '', 'ratio (rounds)', 'goal', ''] as const

const cellsOf = (row: Row) =>
  [
    row.what,
    amount(row.ours.median, row.unit),
    row.reference,
    amount(row.base.median, row.unit),
    ratioText(row.ratio),
    goalText(row.goal, row.unit),
    metText(row),
  ] as const

/** The claim as text for a terminal. */
export function table({ title, rows, busyBefore, tookS }: MeasuredClaim): string {
  const cells = [[...HEADS], ...rows.map(cellsOf)]
  const widths = HEADS.map((_, column) => Math.max(...cells.map((each) => each[column]?.length ?? 0)))
  const lines = cells.map((each, at) => {
    const note = rows[at - 1]?.note
    const line = each.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    return `  ${note ? `${line}  ${note}` : line}`.trimEnd()
  })
  return [`\n${title} (${busyBefore.toFixed(1)} cores busy before, took ${tookS} s)`, ...lines].join('\n')
}

/** The whole report as a page of text, which says of what machine and when it is. */
function page({ at, machine, versions, claims }: Report): string {
  const { cores, model, memoryGb, system } = machine
  const { node, redis, kafka } = versions
  const parts = claims.map(({ name, title, rows, busyBefore, tookS }) => [
    `## ${title}`,
    '',
    `\`${name}\`: ${busyBefore.toFixed(1)} cores busy before, took ${tookS} s.`,
    '',
    ...markdownTable(rows),
    '',
  ])
  return [
    `# The last whole run, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `${cores} cores (${model}), ${memoryGb} GB, ${system}, Node ${node}, Redis ${redis}, Kafka ${kafka}; broker, Redis, Postgres, gateway, server`,
    'and clients share those cores. Medians; the ratio with the lowest and highest of the rounds. Written by `npm run bench`.',
    '',
    ...parts.flat(),
  ].join('\n')
}

function markdownTable(rows: readonly Row[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [
    line(['what', 'ours', 'reference', 'ratio', 'goal', '', '']),
    line(['---', '---', '---', '---', '---', '---', '---']),
    ...rows.map((row) => {
      const [what, ours, reference, base, ratio, goal, met] = cellsOf(row)
      return line([what, ours, `${reference}: ${base}`, ratio, goal, met, row.note ?? ''])
    }),
  ]
}

/** Writes `<date>.json`, `latest.json`, `latest.md` and a chart a claim; returns the folder. */
export function writeReport(report: Report): string {
  const dir = join(import.meta.dirname, 'results')
  mkdirSync(dir, { recursive: true })
  const json = `${JSON.stringify(report, null, 2)}\n`
  for (const name of [report.at.slice(0, 10), 'latest']) writeFileSync(join(dir, `${name}.json`), json)
  writeFileSync(join(dir, 'latest.md'), page(report))
  for (const claim of report.claims) writeFileSync(join(dir, `${claim.name}.svg`), chart(claim, report))
  return dir
}
