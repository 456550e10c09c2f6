/** One or two random edits: a piece put in, bytes taken out, doubled, swapped, changed or flipped, the end cut off. */
export function changedAtRandom(
  sound: Uint8Array,
  pieces: readonly string[],
  random: (below: number) => number,
): Buffer {
  let file = Buffer.from(sound)
  for (let edits = 1 + random(2); edits > 0; edits -= 1) {
    const at = random(file.length)
    const [head, tail] = [file.subarray(0, at), file.subarray(at)]
    const length = 1 + random(60)
    const byte = tail[0] ?? 0
    const kinds = [
      () => Buffer.concat([head, Buffer.from(pieces[random(pieces.length)] ?? '', 'latin1'), tail]),
      () => Buffer.concat([head, tail.subarray(1 + random(12))]),
      () => Buffer.concat([head, tail.subarray(0, length), tail]),
      () => Buffer.concat([head, Buffer.from([random(256)]), tail.subarray(1)]),
      () => Buffer.concat([head, Buffer.from([byte ^ (1 << random(8))]), tail.subarray(1)]),
      () =>
        Buffer.concat([head, tail.subarray(length, 2 * length), tail.subarray(0, length), tail.subarray(2 * length)]),
      () => Buffer.from(head),
      () => Buffer.concat([file, file.subarray(at)]),
    ]
    file = kinds[random(kinds.length)]?.() ?? file
  }
  return file
}
