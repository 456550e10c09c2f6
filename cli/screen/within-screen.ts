import stringWidth from 'string-width'
import type { Terminal } from '#cli/screen/terminal'

export type Size = Pick<Terminal, 'width' | 'height'>

/** The first of the lines, as many as fit, and how many do not. */
export const withinScreen = (lines: readonly string[], { width, height }: Size): readonly string[] => {
  if (rowsOf(lines, width) <= height) return lines
  let kept = 0
  for (let room = height - 1; kept < lines.length; kept++) {
    room -= rowsOf(lines.slice(kept, kept + 1), width)
    if (room < 0) break
  }
  return [...lines.slice(0, kept), `… ${lines.length - kept} more lines`]
}

/** How many rows of a terminal the lines take: what is longer than a row is wrapped. */
export const rowsOf = (lines: readonly string[], width: number): number =>
  lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(stringWidth(line) / width)), 0)
