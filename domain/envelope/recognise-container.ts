export type Container = { code: 'gzip' | 'zip-archive' | 'pgp-encrypted'; message: string }

/** As many bytes from the start of a file as `recogniseContainer` looks at. */
export const BYTES_TO_RECOGNISE = 64

// RFC 4880 §4.3: session keys (1, 3), compressed (8), encrypted (9, 18) and AEAD (20) are what a message can begin with.
const PGP_FIRST_PACKETS = [1, 3, 8, 9, 18, 20]

/** What a file is wrapped in, by its first bytes: names and extensions are unreliable. */
export function recogniseContainer(start: Uint8Array): Container | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = start
  if (first === 0x1f && second === 0x8b) return { code: 'gzip', message: 'compressed with gzip' }
  // PK 03 04 begins a file, PK 05 06 an archive without one.
  if (first === 0x50 && second === 0x4b && (third === 3 || third === 5) && fourth === third + 1) {
    return { code: 'zip-archive', message: 'the file is a zip archive; send the file itself, plain or gzip' }
  }
  if (isPgp(start)) {
    return { code: 'pgp-encrypted', message: 'the file is PGP encrypted; it must be decrypted before it lands' }
  }
  return undefined
}

function isPgp(start: Uint8Array): boolean {
  const first = start[0] ?? 0
  if (first >= 0x80) return PGP_FIRST_PACKETS.includes(first & 0x40 ? first & 0x3f : (first >> 2) & 0x0f)
  return String.fromCharCode(...start.subarray(0, BYTES_TO_RECOGNISE))
    .trimStart()
    .startsWith('-----BEGIN PGP MESSAGE')
}
