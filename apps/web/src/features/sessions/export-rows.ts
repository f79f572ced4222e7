import { COLUMNS } from './columns.tsx'
import type { KnownRow } from './session-list.ts'

/** A spreadsheet takes these for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/

const cellOf = (text: string): string => {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Rows as CSV, every column there is. What players wrote cannot become a formula. */
export function csvOf(rows: readonly KnownRow[]): string {
  const lines = [COLUMNS.map(({ label }) => label), ...rows.map((row) => COLUMNS.map(({ text }) => text(row)))]
  return `${lines.map((line) => line.map(cellOf).join(',')).join('\r\n')}\r\n`
}

/** Hands the browser a file. */
export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
