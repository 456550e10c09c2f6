import { styleText } from 'node:util'
import stringWidth from 'string-width'
import { shortened } from '#cli/shortened'
import { printable } from '#cli/printable'

export type Tone = 'good' | 'bad' | 'waits' | 'quiet'
export type Cell = string | { readonly text: string; readonly tone: Tone }
export type Column = {
  readonly title: string
  /** Where text is cut when the table is too wide; without it the column keeps its width. */
  readonly cut?: 'end' | 'middle'
}

const styles = { good: 'green', bad: 'red', waits: 'yellow', quiet: 'dim' } as const satisfies Record<Tone, string>
const GAP = 2
/** A column is not cut below this: what is left would say nothing. */
const NARROWEST = 8

/** Aligned lines, none longer than `width`: the widest columns that may be cut give way first. */
export const textTable = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string[] => {
  const cells = rows.map((row) => row.map(plain))
  const widths = fitted(
    columns,
    columns.map(({ title }, i) => Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[i]?.text ?? '')))),
    width,
  )
  const line = (row: readonly { text: string; tone?: Tone }[]) => {
    let room = width
    const parts = widths.map((columnWidth, i) => {
      const { text, tone } = row[i] ?? { text: '' }
      const take = Math.max(0, Math.min(columnWidth, room))
      room -= take + GAP
      const shown = shortened(text, take, columns[i]?.cut ?? 'end')
      const padding = i === widths.length - 1 ? '' : ' '.repeat(Math.max(0, take - stringWidth(shown)))
      return (tone && colour ? styleText(styles[tone], shown, { validateStream: false }) : shown) + padding
    })
    return parts
      .filter((part) => part !== '')
      .join(' '.repeat(GAP))
      .trimEnd()
  }
  return [columns.map(({ title }) => ({ text: title, tone: 'quiet' as const })), ...cells].map(line)
}

const fitted = (columns: readonly Column[], natural: readonly number[], width: number): number[] => {
  const widths = [...natural]
  let excess = widths.reduce((sum, each) => sum + each, 0) + GAP * (widths.length - 1) - width
  while (excess > 0) {
    const candidates = widths.flatMap((each, i) => (columns[i]?.cut && each > NARROWEST ? [each] : []))
    if (candidates.length === 0) return widths
    const widest = Math.max(...candidates)
    const i = widths.findIndex((each, at) => each === widest && columns[at]?.cut)
    widths[i] = widest - 1
    excess -= 1
  }
  return widths
}

const plain = (cell: Cell): { text: string; tone?: Tone } => {
  const { text, ...tone } = typeof cell === 'string' ? { text: cell } : cell
  return { text: printable(text), ...tone }
}
