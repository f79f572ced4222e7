const GAP = 6
const MARGIN = 8

/** Under its anchor where there is room, else above it; always within the window. */
export function placeBeside(
  anchor: { left: number; right: number; top: number; bottom: number },
  size: { width: number; height: number },
  window: { width: number; height: number },
): { left: number; top: number } {
  const fitsLeft = anchor.left + size.width <= window.width - MARGIN
  const left = fitsLeft ? anchor.left : Math.max(MARGIN, anchor.right - size.width)
  const below = anchor.bottom + GAP
  const above = anchor.top - GAP - size.height
  const fitsBelow = below + size.height <= window.height - MARGIN
  return {
    left: Math.max(MARGIN, Math.min(left, window.width - MARGIN - size.width)),
    top: fitsBelow || above < MARGIN ? below : above,
  }
}
