import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderUserData, type UserDataVariables } from '#functions/launch/user-data'

const aSet = (change: Partial<UserDataVariables> = {}): UserDataVariables => ({
  MAYFLY_JOB: 'job-1',
  MAYFLY_ROUND: 1,
  MAYFLY_ATTEMPT: 2,
  MAYFLY_PAYER: 'acme',
  MAYFLY_TYPE: 'member',
  MAYFLY_ROLE_ID: 'AROAEXAMPLE',
  MAYFLY_REGION: 'us-east-1',
  MAYFLY_INPUT_BUCKET: 'landing',
  MAYFLY_INPUT_KEY: 'acme/member/a.834',
  MAYFLY_INPUT_VERSION: 'v1',
  MAYFLY_INPUT_BYTES: 10,
  MAYFLY_RESULTS_BUCKET: 'results',
  MAYFLY_PROCESSOR_BUCKET: 'artifacts',
  MAYFLY_PROCESSOR_KEY: 'processors/members/x.tar.gz',
  MAYFLY_PROCESSOR_SHA256: 'a'.repeat(64),
  MAYFLY_PROCESSOR_PACKAGES: 'nodejs20',
  MAYFLY_RUN_SECONDS: 60,
  MAYFLY_DEADLINE_MINUTES: 10,
  ...change,
})

/** What bash makes of a value: the script prints it back. */
const asBashReadsIt = (value: string): string =>
  execFileSync('bash', {
    input: renderUserData('printf %s "$MAYFLY_INPUT_KEY"\n', aSet({ MAYFLY_INPUT_KEY: value })),
    encoding: 'utf8',
  })

describe('user data', () => {
  it.each([
    'plain',
    "it's",
    "'; touch /tmp/owned; '",
    '$(id) `id` $HOME',
    'two\nlines',
    'a\\b"c!*?[x]{1,2}~ & | < >',
    ' spaces at both ends ',
    'ümläut ✓',
  ])('hands %j to the script unchanged', (value) => {
    expect(asBashReadsIt(value)).toBe(value)
  })

  it('begins with one interpreter line, then the variables, then the script without its own', () => {
    const lines = renderUserData('#!/bin/bash\n# the script\n', aSet()).split('\n')
    expect(lines[0]).toBe('#!/bin/bash')
    expect(lines[1]).toBe("MAYFLY_JOB='job-1'")
    expect(lines.filter((line) => line.startsWith('#!'))).toHaveLength(1)
    expect(lines).toContain("MAYFLY_RUN_SECONDS='60'")
    expect(lines.at(-2)).toBe('# the script')
  })

  it.each([
    { name: 'a hash that is none', change: { MAYFLY_PROCESSOR_SHA256: 'abc' }, says: /sha256/ },
    { name: 'an empty job', change: { MAYFLY_JOB: '' }, says: /MAYFLY_JOB/ },
    { name: 'a NUL byte', change: { MAYFLY_INPUT_KEY: 'a\0b' }, says: /NUL/ },
    { name: 'a package with an option', change: { MAYFLY_PROCESSOR_PACKAGES: 'x;reboot' }, says: /package/ },
    { name: 'an option for dnf', change: { MAYFLY_PROCESSOR_PACKAGES: 'nodejs20 --nogpgcheck' }, says: /package/ },
    { name: 'no time at all', change: { MAYFLY_RUN_SECONDS: 0 }, says: /MAYFLY_RUN_SECONDS/ },
  ])('refuses $name', ({ change, says }) => {
    expect(() => renderUserData('true\n', aSet(change))).toThrow(says)
  })

  it('says how large it is when EC2 would refuse it', () => {
    const overhead = Buffer.byteLength(renderUserData('', aSet()))
    expect(renderUserData('x'.repeat(16_384 - overhead), aSet())).toHaveLength(16_384)
    expect(() => renderUserData('x'.repeat(16_385 - overhead), aSet())).toThrow(
      'the user data has 16385 bytes; EC2 takes at most 16384',
    )
  })

  it('leaves room for the longest key that S3 allows beside the real script', () => {
    const script = readFileSync('functions/launch/startup.sh', 'utf8')
    const rendered = renderUserData(script, aSet({ MAYFLY_INPUT_KEY: 'k'.repeat(1024) }))
    expect(Buffer.byteLength(rendered)).toBeLessThan(15_000)
  })
})
