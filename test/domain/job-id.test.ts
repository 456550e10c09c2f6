import { expect, it } from 'vitest'
import { jobIdOf } from '#domain/job-id'

const file = { bucket: 'landing', key: 'acme/member/a', version: 'v1' }

it('is the same for the same file version, for ever', () => {
  expect(jobIdOf(file)).toBe('90a48a9a76b0abfe4d0098d9')
  expect(jobIdOf({ version: 'v1', key: 'acme/member/a', bucket: 'landing' })).toBe(jobIdOf(file))
})

it.each([
  [{ version: 'v2' }],
  [{ key: 'acme/member/b' }],
  [{ bucket: 'landing2' }],
  [{ bucket: 'landinga', key: 'cme/member/a' }],
  [{ key: 'acme/member/av', version: '1' }],
])('differs with %j', (change) => {
  expect(jobIdOf({ ...file, ...change })).not.toBe(jobIdOf(file))
})
