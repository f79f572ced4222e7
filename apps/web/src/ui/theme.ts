export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Not secret and not of the session: which colours this browser wants. */
export const THEME_COOKIE = 'holdfast-theme'
const KEPT_S = 365 * 24 * 60 * 60
const CHANGED = 'holdfast:theme'

/** The theme in a cookie's value; the system's where there is none, or one that nobody knows. */
export function themeOf(value: string | undefined): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system'
}

/** Shows it at once and keeps it. Browser only. */
export function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') delete dataset.theme
  else dataset.theme = theme
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store API is not in every browser that opens the console
  document.cookie = `${THEME_COOKIE}=${theme}; Path=/; Max-Age=${KEPT_S}; SameSite=Strict`
  window.dispatchEvent(new Event(CHANGED))
}

/** For `useSyncExternalStore`: the theme that the page has. */
export const themeStore = {
  subscribe(listener: () => void): () => void {
    window.addEventListener(CHANGED, listener)
    return () => window.removeEventListener(CHANGED, listener)
  },
  read: (): Theme => themeOf(document.documentElement.dataset.theme),
  readOnServer: (): Theme => 'system',
}
