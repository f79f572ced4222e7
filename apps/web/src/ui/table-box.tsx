import type { ReactNode } from 'react'

/** A table that scrolls sideways in a box of its own, by keys too. */
export function TableBox({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and keys have to reach it
    <section className="table-box" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
