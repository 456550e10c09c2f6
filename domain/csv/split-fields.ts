const QUOTE = 34

type Span = { start: number; end: number }

/** The fields of one record as text, for header and trailer. Quotes are taken off, doubled ones halved. */
export function splitFields(
  bytes: Uint8Array,
  { start, end }: Span,
  { delimiter, encoding }: { delimiter: string; encoding: 'utf-8' | 'latin1' },
): string[] {
  const text = new TextDecoder(encoding).decode(bytes.subarray(start, end))
  const fields: string[] = []
  let field = ''
  let quoted = false
  let begins = true
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at)
    const isDoubled = character === '"' && quoted && text.charAt(at + 1) === '"'
    if (character === '"' && !isDoubled && (quoted || begins)) quoted = !quoted
    else if (character === delimiter && !quoted) {
      fields.push(field)
      field = ''
      begins = true
      continue
    } else field += character
    if (isDoubled) at += 1
    begins = false
  }
  return [...fields, field]
}

/** Is the first field of the record `mark`, quoted or not? */
export function startsWithField(bytes: Uint8Array, { start, end }: Span, mark: string, delimiter: string): boolean {
  const quotes = bytes[start] === QUOTE ? 1 : 0
  const length = mark.length + 2 * quotes
  if (end - start < length || (quotes === 1 && bytes[start + length - 1] !== QUOTE)) return false
  for (let at = 0; at < mark.length; at += 1) if (bytes[start + quotes + at] !== mark.charCodeAt(at)) return false
  return end - start === length || bytes[start + length] === delimiter.charCodeAt(0)
}
