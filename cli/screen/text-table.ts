import { styleText } from 'node:util'
import stringWidth from 'string-width'
import { type Column, fittedColumns, GAP } from '#cli/screen/fitted-columns'
import { printable } from '#cli/screen/printable'
import { shortened } from '#cli/screen/shortened'

export type Tone = 'good' | 'bad' | 'waits' | 'quiet'
export type Cell = string | { readonly text: string; readonly tone: Tone }

const styles = { good: 'green', bad: 'red', waits: 'yellow', quiet: 'dim' } as const satisfies Record<Tone, string>

/**
 * Aligned lines, none longer than `width`. Too wide, the widest columns that may be cut give way; then columns leave
 * whole, for a time without its minutes is none, and the last line names them.
 */
export const textTable = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  { width, colour }: { readonly width: number; readonly colour: boolean },
): string[] => {
  const cells = rows.map((row) => row.map(plain))
  const fitted = fittedColumns(
    columns,
    columns.map(({ title }, i) =>
      cells.reduce((widest, row) => Math.max(widest, stringWidth(row[i]?.text ?? '')), stringWidth(title)),
    ),
    width,
  )
  const styled = (text: string, tone?: Tone) =>
    tone && colour && text !== '' ? styleText(styles[tone], text, { validateStream: false }) : text
  const line = (row: readonly { text: string; tone?: Tone }[]) =>
    fitted
      .map(({ at, width: own }, place) => {
        const { text, tone } = row[at] ?? { text: '' }
        const short = shortened(text, own, columns[at]?.cut ?? 'end')
        return styled(short, tone) + ' '.repeat(place === fitted.length - 1 ? 0 : own - stringWidth(short))
      })
      .join(' '.repeat(GAP))
      .trimEnd()
  const hidden = columns.filter((_, i) => fitted.every(({ at }) => at !== i)).map(({ title }) => title)
  return [
    ...[columns.map(({ title }) => ({ text: title, tone: 'quiet' as const })), ...cells].map(line),
    ...(hidden.length === 0 ? [] : noteOn(hidden, width).map((text) => styled(text, 'quiet'))),
  ]
}

const noteOn = (hidden: readonly string[], width: number): string[] => {
  const lines: string[] = []
  for (const word of `Too narrow for ${hidden.join(', ')} (--json has all)`.split(' ')) {
    const longer = [...lines.slice(-1), word].join(' ')
    if (stringWidth(longer) <= width) lines.splice(-1, 1, longer)
    else lines.push(shortened(word, width, 'end'))
  }
  return lines
}

const plain = (cell: Cell): { text: string; tone?: Tone } => {
  const { text, ...tone } = typeof cell === 'string' ? { text: cell } : cell
  return { text: printable(text), ...tone }
}
