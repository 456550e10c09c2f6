import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'

/** Writes a file; returns what standard output says of it: where it is, how many of what it holds, how large it is. */
export const writeTold = async (
  path: string,
  text: string,
  counts: Readonly<Record<string, number>>,
  { json }: { readonly json?: boolean | undefined },
): Promise<string> => {
  const file = resolve(path)
  await writeFile(file, text)
  const bytes = Buffer.byteLength(text)
  if (json) return `${JSON.stringify({ file, ...counts, bytes })}\n`
  const held = Object.entries(counts).map(([what, count]) => `${count} ${what}`)
  return `${file}: ${[...held, `${Math.ceil(bytes / 1024)} KiB`].join(', ')}\n`
}
