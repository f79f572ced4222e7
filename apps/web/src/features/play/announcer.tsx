'use client'

import { useEffect, useRef, useState } from 'react'
import { announcementOf } from './announcement.ts'
import type { ScrollBack } from './scroll-back.ts'

/** So long that a room's description is one announcement, so short that a talk is followed. */
const GATHER_MS = 400

/** Reads new lines out, each once. What was there when it was switched on is in the log. */
export function Announcer({ scrollBack }: { scrollBack: ScrollBack }) {
  const told = useRef(scrollBack.nextId)
  const latest = useRef(scrollBack)
  const [said, setSaid] = useState<{ id: number; texts: string[] }>({ id: 0, texts: [] })
  useEffect(() => {
    latest.current = scrollBack
  })
  useEffect(() => {
    const timer = setInterval(() => {
      const { blocks, nextId } = latest.current
      if (nextId === told.current) return
      const since = told.current
      told.current = nextId
      const lines = blocks.flatMap((block) => block.lines.filter(({ id }) => id >= since))
      const texts = announcementOf(lines)
      if (texts.length > 0) setSaid({ id: nextId, texts })
    }, GATHER_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="sr-only" aria-live="polite" aria-relevant="additions" data-announcer="">
      {said.texts.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: each batch is new, and its lines have no other name
        <p key={`${said.id}-${index}`}>{text}</p>
      ))}
    </div>
  )
}
