import { leaving } from '#ui/leaving.ts'

/** Told by the router of each navigation as it begins, whatever began it: a link, a key, the palette. */
export function onRouterTransitionStart(href: string): void {
  leaving.note(href)
}
