import { escaped } from '#cli/report/escaped'

export type Bar = { readonly label: string; readonly value: number; readonly shown: string; readonly tone?: string }

const ROW = 22
/** Of a letter, about, at 12 px. */
const LETTER = 7
const MOST_LETTERS = 48
const WIDTH = 900

const svg = (height: number, title: string, body: string): string =>
  `<div class="scroll"><svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${WIDTH} ${height}" width="100%">${body}</svg></div>`

/** As wide as the longest of them, up to two fifths of the chart. */
const labelsOf = (names: readonly string[]) => {
  const width = 12 + LETTER * Math.min(MOST_LETTERS, Math.max(...names.map(({ length }) => length), 0))
  // The payer stands in front, what tells its files apart at the end.
  const cut = (name: string): string =>
    name.length <= MOST_LETTERS ? name : `${name.slice(0, MOST_LETTERS / 2)}…${name.slice(1 - MOST_LETTERS / 2)}`
  const at = (name: string, y: number): string =>
    `<text x="${width - 8}" y="${y + 15}" text-anchor="end"><title>${escaped(name)}</title>${escaped(cut(name))}</text>`
  return { width, at }
}

/** Horizontal bars, the longest as wide as there is room. */
export const barChart = (title: string, bars: readonly Bar[]): string => {
  const label = labelsOf(bars.map(({ label: name }) => name))
  const room = WIDTH - label.width - 12 - LETTER * Math.max(...bars.map(({ shown }) => shown.length), 0)
  const most = Math.max(...bars.map(({ value }) => value), Number.MIN_VALUE)
  const body = bars.map(({ label: name, value, shown, tone = 'plain' }, i) => {
    const width = Math.max(1, (room * value) / most)
    const y = i * ROW
    return `${label.at(name, y)}<rect class="${tone}" x="${label.width}" y="${y + 3}" width="${width.toFixed(1)}" height="16"/><text x="${(label.width + width + 6).toFixed(1)}" y="${y + 15}">${escaped(shown)}</text>`
  })
  return svg(bars.length * ROW, title, body.join(''))
}

/** A stretch of time of one row; epoch ms. */
export type Stretch = { readonly from: number; readonly to: number; readonly tone: string; readonly title: string }

/** A row for each file: when it waited, when it was at work. */
export const timeline = (title: string, rows: readonly { name: string; stretches: readonly Stretch[] }[]): string => {
  const all = rows.flatMap(({ stretches }) => stretches)
  const begin = Math.min(...all.map(({ from }) => from))
  const span = Math.max(...all.map(({ to }) => to)) - begin || 1
  const label = labelsOf(rows.map(({ name }) => name))
  const x = (time: number): number => label.width + ((WIDTH - label.width) * (time - begin)) / span
  const body = rows.map(({ name, stretches }, i) => {
    const bars = stretches.map(
      ({ from, to, tone, title: says }) =>
        `<rect class="${tone}" x="${x(from).toFixed(1)}" y="${i * ROW + 3}" width="${Math.max(1, x(to) - x(from)).toFixed(1)}" height="16"><title>${escaped(says)}</title></rect>`,
    )
    return label.at(name, i * ROW) + bars.join('')
  })
  const axis = [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const at = new Date(begin + span * part).toISOString().slice(11, 19)
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle'
    return `<text class="axis" x="${x(begin + span * part).toFixed(1)}" y="${rows.length * ROW + 14}" text-anchor="${anchor}">${at}</text>`
  })
  return svg(rows.length * ROW + 20, title, body.join('') + axis.join(''))
}
