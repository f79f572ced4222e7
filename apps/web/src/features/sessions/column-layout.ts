/** Which columns a list has, in which order, how wide, and which stay at the left when it is scrolled sideways. */
export interface ColumnLayout {
  readonly pinned: readonly ColumnPlace[]
  readonly rest: readonly ColumnPlace[]
}

export interface ColumnPlace {
  readonly id: string
  /** px; null: as wide as the product has it. */
  readonly width: number | null
}

/** As much of a column as its place needs. */
export interface ColumnKind {
  readonly id: string
  /** Not there unless it is chosen. */
  readonly isOptional?: boolean
}

/** px. Below, no word of a head is left; above, one column is a page. */
export const WIDTH_MIN = 48
export const WIDTH_MAX = 640
/** What a press on narrower or wider takes or gives, px. */
export const WIDTH_STEP = 16

/** The columns of the product: none pinned, none of another width. */
export const initialLayout = (kinds: readonly ColumnKind[]): ColumnLayout => ({
  pinned: [],
  rest: kinds.filter(({ isOptional }) => !isOptional).map(({ id }) => ({ id, width: null })),
})

/** What a text of `layoutText` says; null, or one that names no column: the columns of the product. Columns that are not known are left out. */
export function layoutOf(text: string | null, kinds: readonly ColumnKind[]): ColumnLayout {
  const [first = '', second] = (text ?? '').split(';', 2)
  const known = new Set(kinds.map(({ id }) => id))
  const read = (part: string): ColumnPlace[] =>
    part.split(',').flatMap((word): ColumnPlace[] => {
      const [id = '', width] = word.split(':', 2)
      if (!known.delete(id)) return [] // unknown, or named before
      return [{ id, width: width !== undefined && /^\d{1,4}$/.test(width) ? within(Number(width)) : null }]
    })
  const layout = second === undefined ? { pinned: [], rest: read(first) } : { pinned: read(first), rest: read(second) }
  return placesOf(layout).length === 0 ? initialLayout(kinds) : layout
}

/** `state,player:220;gateway,host`: pinned ones before the semicolon, widths that differ from the product's after a colon. */
export function layoutText({ pinned, rest }: ColumnLayout): string {
  const part = (places: readonly ColumnPlace[]): string =>
    places.map(({ id, width }) => (width === null ? id : `${id}:${width}`)).join(',')
  return pinned.length === 0 ? part(rest) : `${part(pinned)};${part(rest)}`
}

/** All that are shown, from left to right. */
export const placesOf = ({ pinned, rest }: ColumnLayout): readonly ColumnPlace[] => [...pinned, ...rest]

export const isPinned = ({ pinned }: ColumnLayout, id: string): boolean => pinned.some((place) => place.id === id)

/** Shows a column where the product has it among those that are there, or takes it away; the last one stays. */
export function withShown(
  layout: ColumnLayout,
  id: string,
  isShown: boolean,
  kinds: readonly ColumnKind[],
): ColumnLayout {
  const places = placesOf(layout)
  if (!isShown) return places.length === 1 ? layout : without(layout, id)
  if (places.some((place) => place.id === id)) return layout
  const order = kinds.map((kind) => kind.id)
  const before = layout.rest.findIndex((place) => order.indexOf(place.id) > order.indexOf(id))
  return { ...layout, rest: inserted(layout.rest, { id, width: null }, before === -1 ? layout.rest.length : before) }
}

/** Pinned, it is the last of the pinned; let go, the first of the others. */
export function withPin(layout: ColumnLayout, id: string, isOn: boolean): ColumnLayout {
  const place = placesOf(layout).find((each) => each.id === id)
  if (!place || isPinned(layout, id) === isOn) return layout
  const { pinned, rest } = without(layout, id)
  return isOn ? { pinned: [...pinned, place], rest } : { pinned, rest: [place, ...rest] }
}

/** A step to the left (-1) or to the right (1) among its own: the pinned, or the others. The same layout where there is no step. */
export function withStep(layout: ColumnLayout, id: string, step: -1 | 1): ColumnLayout {
  const group = isPinned(layout, id) ? 'pinned' : 'rest'
  const at = layout[group].findIndex((place) => place.id === id)
  const place = layout[group][at]
  if (!place || layout[group][at + step] === undefined) return layout
  const others = layout[group].filter((each) => each.id !== id)
  return { ...layout, [group]: inserted(others, place, at + step) }
}

/** Beside another one, and pinned if that is. */
export function withPlaceBeside(
  layout: ColumnLayout,
  id: string,
  other: string,
  side: 'before' | 'after',
): ColumnLayout {
  const place = placesOf(layout).find((each) => each.id === id)
  if (!place || id === other) return layout
  const left = without(layout, id)
  const group = isPinned(left, other) ? 'pinned' : 'rest'
  const at = left[group].findIndex((each) => each.id === other)
  if (at === -1) return layout
  return { ...left, [group]: inserted(left[group], place, side === 'before' ? at : at + 1) }
}

/** `width` in px, brought within what a column may have; null: as the product has it. */
export function withWidth({ pinned, rest }: ColumnLayout, id: string, width: number | null): ColumnLayout {
  const set = (place: ColumnPlace): ColumnPlace =>
    place.id === id ? { id, width: width === null ? null : within(width) } : place
  return { pinned: pinned.map(set), rest: rest.map(set) }
}

const within = (width: number): number => Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, Math.round(width)))

const without = ({ pinned, rest }: ColumnLayout, id: string): ColumnLayout => ({
  pinned: pinned.filter((place) => place.id !== id),
  rest: rest.filter((place) => place.id !== id),
})

const inserted = (places: readonly ColumnPlace[], place: ColumnPlace, at: number): readonly ColumnPlace[] => [
  ...places.slice(0, at),
  place,
  ...places.slice(at),
]
