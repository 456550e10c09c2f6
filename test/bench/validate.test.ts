import { describe, expect, it } from 'vitest'
import { type ValidateOptions, validateStream } from '#functions/validate/validate-stream'
import { type Content, payerText } from '../../bench/payer-file.ts'
import { shortfalls, type ValidateRow } from '../../bench/validate.ts'

it.each<[Content, ValidateOptions]>([
  ['834', { fileType: 'member', format: 'x12' }],
  ['837', { fileType: 'claims', format: 'x12' }],
  ['csv', { fileType: 'member', format: 'csv' }],
  ['ndjson', { fileType: 'member', format: 'ndjson' }],
])('the generated %s is sound and about as large as asked', async (content, options) => {
  const text = [...payerText(content, 3_000_000)].join('')
  const chunks = (async function* () {
    yield Buffer.from(text, 'latin1')
  })()
  expect(await validateStream(chunks, options)).toMatchObject({ valid: true, findings: [] })
  expect(text.length).toBeGreaterThan(2_500_000)
  expect(text.length).toBeLessThan(3_500_000)
})

describe('what falls short', () => {
  const rows = (change: Partial<Record<string, Partial<ValidateRow>>> = {}): ValidateRow[] =>
    [
      { way: 'indexOf', mbs: 2000 },
      { way: 'memory', mbs: 1300 },
      { way: 'stream', mbs: 900, peakMiB: 90 },
      { way: 'gzip', mbs: 400, peakMiB: 95 },
      { way: 'node-x12', mbs: 40 },
    ].map((row) => ({ file: '834 50 MB', ...row, ...change[row.way] }))
  it.each([
    { given: 'all is well', change: {}, found: 0 },
    { given: 'slow in memory', change: { memory: { mbs: 1100 } }, found: 1 },
    { given: 'a library near', change: { 'node-x12': { mbs: 100 } }, found: 1 },
    { given: 'slow over a stream', change: { stream: { mbs: 599 } }, found: 1 },
    { given: 'memory that grows', change: { gzip: { peakMiB: 101 } }, found: 1 },
  ])('$given: $found', ({ change, found }) => {
    expect(shortfalls(rows(change))).toHaveLength(found)
  })
})
