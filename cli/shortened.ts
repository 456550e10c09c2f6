import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** `text` in at most `width` columns of a terminal, cut at its end or in its middle, with a mark where it was cut. */
export const shortened = (text: string, width: number, cut: 'end' | 'middle'): string => {
  if (stringWidth(text) <= width) return text
  const letters = [...graphemes.segment(text)].map(({ segment }) => segment)
  if (width < 2) return taken(letters, width)
  if (cut === 'end') return `${taken(letters, width - 1)}…`
  const front = taken(letters, Math.floor((width - 1) / 2))
  const back = taken(letters.toReversed(), width - 1 - stringWidth(front), 'back')
  return `${front}…${back}`
}

/** As many letters as fit: one that a terminal shows as wide as two is never halved. */
const taken = (letters: readonly string[], width: number, from: 'front' | 'back' = 'front'): string => {
  const kept: string[] = []
  let room = width
  for (const letter of letters) {
    room -= stringWidth(letter)
    if (room < 0) break
    kept.push(letter)
  }
  return (from === 'back' ? kept.reverse() : kept).join('')
}
