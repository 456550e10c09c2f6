import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** `key`: the file's name is what tells files apart, then comes whose it is. */
export type Cut = 'end' | 'middle' | 'key'

/** `text` in at most `width` columns of a terminal, with a mark where it was cut. */
export const shortened = (text: string, width: number, cut: Cut): string => {
  if (stringWidth(text) <= width) return text
  if (cut === 'key') return shortenedKey(text, width)
  const letters = [...graphemes.segment(text)].map(({ segment }) => segment)
  if (width < 2) return taken(letters, width)
  if (cut === 'end') return `${taken(letters, width - 1)}…`
  const front = taken(letters, Math.floor((width - 1) / 2))
  const back = taken(letters.toReversed(), width - 1 - stringWidth(front), 'back')
  return `${front}…${back}`
}

/** `sunrise-hea…/week-31.837`: a third at least for what stands before the name, the rest for the name if it needs that. */
const shortenedKey = (key: string, width: number): string => {
  const slash = key.lastIndexOf('/') + 1
  const name = key.slice(slash)
  const front = Math.max(Math.floor(width / 3), width - 1 - stringWidth(name))
  // Without a folder, or with no room for both, the middle is what says least.
  if (slash === 0 || front < 2) return shortened(key, width, 'middle')
  const folder = shortened(`${key.slice(0, slash - 1)}`, front, 'end')
  return `${folder}/${shortened(name, width - 1 - stringWidth(folder), 'middle')}`
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
