import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chart } from './chart.ts'
import type { Row } from './measure.ts'
import { amount, goalText, type MeasuredClaim, metText, type Report, ratioText } from './wording.ts'

const HEADS = ['what', 'ours', 'reference', '', 'ratio (rounds)', 'goal', ''] as const

const cellsOf = (row: Row): string[] => [
  row.what,
  amount(row.ours.median, row.unit),
  row.reference,
  amount(row.base.median, row.unit),
  ratioText(row.ratio),
  goalText(row.goal, row.unit),
  metText(row),
]

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

/** Writes `<date>.json`, `latest.json` and a chart a claim; returns the folder. */
export function writeReport(report: Report): string {
  const dir = join(import.meta.dirname, 'results')
  mkdirSync(dir, { recursive: true })
  const json = `${JSON.stringify(report, null, 2)}\n`
  for (const name of [report.at.slice(0, 10), 'latest']) writeFileSync(join(dir, `${name}.json`), json)
  for (const claim of report.claims) writeFileSync(join(dir, `${claim.name}.svg`), chart(claim, report))
  return dir
}
