'use client'

import Link from 'next/link'
import { useLive, useNow } from '#features/live/services.tsx'
import { Icon } from '#ui/icon.tsx'
import { bannerOf } from './banner-choice.ts'

/** The worst thing that is wrong, in one line over the page. Said aloud when it appears, not with each second it lasts. */
export function BannerLine() {
  const tick = useLive((state) => state.tick)
  const stream = useLive((state) => state.stream)
  const banner = bannerOf({ tick, stream, now: useNow() })
  return (
    <>
      <div role="alert" className="sr-only" key={banner?.id ?? 'none'}>
        {banner && <span suppressHydrationWarning>{banner.title}</span>}
      </div>
      {banner && (
        <section className="banner" data-look={banner.look} aria-label="What is wrong">
          <Icon name={banner.look === 'bad' ? 'close' : 'unknown'} />
          <p className="min-w-0 flex-1 max-lg:basis-[calc(100%-40px)]">
            <b>{banner.title}</b> <span className="text-text-2">{banner.text}</span>
          </p>
          <Link className="btn" data-size="s" href={banner.link.href}>
            {banner.link.label}
          </Link>
        </section>
      )}
    </>
  )
}
