import type { Cut } from '#cli/screen/shortened'

export type Column = {
  readonly title: string
  /** Where text is cut when the table is too wide; without it the column keeps its width. */
  readonly cut?: Cut
  /** Columns leave rather than that it is cut below this; 8 where it does not say. */
  readonly least?: number
  /** Its turn to leave a table that is too wide, 1 first. Those without one leave last, the rightmost first. */
  readonly leaves?: number
}

/** Spaces between columns. */
export const GAP = 2
/** What is left of a text that is cut below this says nothing. */
const LEAST = 8

/** Which columns (their places) a table of this width has room for, and how wide each is. */
export const fittedColumns = (
  columns: readonly Column[],
  natural: readonly number[],
  width: number,
): { readonly at: number; readonly width: number }[] => {
  const all = columns.map(({ cut, least = LEAST, leaves }, at) => {
    const wanted = natural[at] ?? 0
    const downTo = (floor: number) => (cut ? Math.min(wanted, floor) : wanted)
    return { at, leaves, width: wanted, least: downTo(least), utmost: downTo(LEAST) }
  })
  const kept = new Set(all)
  const needed = (of: 'width' | 'least' | 'utmost') => roomOf([...kept].map((column) => column[of]))
  const dispensable = all.filter(({ leaves }) => leaves !== undefined)
  for (const column of dispensable.sort((a, b) => (a.leaves ?? 0) - (b.leaves ?? 0)))
    if (needed('least') > width && kept.size > 1) kept.delete(column)
  for (const column of all.toReversed()) if (needed('utmost') > width && kept.size > 1) kept.delete(column)
  const floor = needed('least') > width ? 'utmost' : 'least'
  for (let excess = needed('width') - width; excess > 0; excess--) {
    const [widest] = [...kept].filter((column) => column.width > column[floor]).sort((a, b) => b.width - a.width)
    if (widest) widest.width -= 1
  }
  return [...kept].map(({ at, width: own }) => ({ at, width: Math.min(own, width) }))
}

const roomOf = (widths: readonly number[]): number =>
  widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1)
