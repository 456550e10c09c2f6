import type { Cut } from '#cli/shortened'

export type Column = {
  readonly title: string
  /** Where text is cut when the table is too wide; without it the column keeps its width. */
  readonly cut?: Cut
  /** It is not cut below this: what is left would say nothing. */
  readonly least?: number
  /** Its turn to leave a table that is still too wide, 1 first; those without one leave last, the rightmost first. */
  readonly leaves?: number
}

/** Spaces between columns. */
export const GAP = 2
const LEAST = 8
/** After all that have a turn. */
const LAST = Number.MAX_SAFE_INTEGER

/** Which columns (their places) a table of this width has room for, and how wide each is. */
export const fittedColumns = (
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): { readonly at: number; readonly width: number }[] => {
  const all = columns.map(({ cut, least = LEAST, leaves = LAST }, at) => {
    const wanted = natural[at] ?? 0
    return { at, leaves, width: wanted, least: cut ? Math.min(wanted, least) : wanted }
  })
  const leaving = all.toSorted((a, b) => a.leaves - b.leaves || b.at - a.at)
  while (leaving.length > 1 && roomOf(leaving.map(({ least }) => least)) > width) leaving.shift()
  const kept = all.filter((column) => leaving.includes(column))
  for (let excess = roomOf(kept.map((column) => column.width)) - width; excess > 0; excess--) {
    const [widest] = kept.filter((column) => column.width > column.least).sort((a, b) => b.width - a.width)
    if (widest) widest.width -= 1
  }
  return kept.map(({ at, width: own }) => ({ at, width: Math.min(own, width) }))
}

const roomOf = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1)
