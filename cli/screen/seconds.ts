import { InvalidArgumentError } from 'commander'

/** A number of seconds on a command line, 0 or more. */
export const seconds = (text: string): number => {
  const found = Number(text)
  if (Number.isFinite(found) && found >= 0 && text.trim() !== '') return found
  throw new InvalidArgumentError('It should be a number of seconds, 0 or more.')
}
