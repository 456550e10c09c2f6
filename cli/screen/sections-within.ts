import { rowsOf, type Size } from '#cli/screen/within-screen'

/** A section that is shortened keeps its title and two lines. */
const FEWEST = 3

/**
 * Sections with an empty line between them. Where they do not fit, the empty lines go first; then the longest section
 * loses its last lines, and says how many.
 */
export const sectionsWithin = (sections: readonly (readonly string[])[], { width, height }: Size): string[] => {
  const kept = sections.filter((lines) => lines.length > 0).map((lines) => ({ lines: [...lines], hidden: 0 }))
  const apart = kept.flatMap(({ lines }, i) => (i === 0 ? lines : ['', ...lines]))
  if (rowsOf(apart, width) <= height) return apart
  for (;;) {
    const all = kept.flatMap(({ lines, hidden }) => (hidden > 0 ? [...lines, `… ${hidden} more`] : lines))
    const [longest] = kept.toSorted((a, b) => b.lines.length - a.lines.length)
    if (rowsOf(all, width) <= height || !longest || longest.lines.length <= FEWEST) return all
    longest.lines.pop()
    longest.hidden += 1
  }
}
