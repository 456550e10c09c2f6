import { describe, expect, it } from 'vitest'
import { samplePayers } from '#config/samples/payers'
import { scanEnvelope } from '#domain/envelope/scan-envelope'
import { randomFrom } from '#test/support/random'
import { payerText } from '../../../bench/payer-file.ts'

const scan = (file: Uint8Array, fileType: string, size = file.length) => {
  const scanner = scanEnvelope({ fileType })
  for (let at = 0; at < file.length; at += size) scanner.push(file.subarray(at, at + size))
  return scanner.end()
}

describe('every sample', () => {
  const samples = [...samplePayers(1, 40)].map(({ drop, text }) => ({
    ...drop,
    bytes: Buffer.from([...text].join(''), 'latin1'),
  }))
  it.each(samples)('$file has the same findings in chunks of any size', ({ bytes, fileType, expect: end }) => {
    const whole = scan(bytes, fileType)
    expect(whole.valid).toBe(end !== 'rejected')
    for (const size of [1, 2, 3, 7, 105, 106, 107, 65_536]) expect(scan(bytes, fileType, size)).toEqual(whole)
  })
})

it.each(['834', '837'] as const)('a large %s cut off at any of 1,000 random places is refused', (content) => {
  const file = Buffer.from([...payerText(content, 600_000)].join(''), 'latin1')
  const fileType = content === '834' ? 'member' : 'claims'
  expect(scan(file, fileType).valid).toBe(true)
  const { below } = randomFrom(5)
  // The last two bytes are the terminator, which only warns when it is missing, and the new line behind it.
  for (let cut = 0; cut < 1000; cut += 1) {
    const length = below(file.length - 2)
    expect(scan(file.subarray(0, length), fileType).valid, `the first ${length} bytes`).toBe(false)
  }
})
