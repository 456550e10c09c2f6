import { spawnSync } from 'node:child_process'
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

/** Never with the real `shutdown`: this is somebody's machine. */
const inBash = (rendered: string) => {
  const { stdout, status } = spawnSync('bash', {
    input: `shutdown() { echo "power $*"; }\n${rendered}`,
    encoding: 'utf8',
  })
  return { stdout, status }
}
/** What bash makes of a value: the script prints it back. */
const asBashReadsIt = (value: string): string =>
  inBash(renderUserData('printf %s "$MAYFLY_INPUT_KEY"\n', aSet({ MAYFLY_INPUT_KEY: value }))).stdout

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

  it('begins with one interpreter line and the variables; the packed script runs without comments and indentation', () => {
    const script = '#!/bin/bash\n# a comment\nsay() {\n  printf "%s" "ran # $MAYFLY_RUN_SECONDS"\n}\nsay\nexit 3\n'
    const rendered = renderUserData(script, aSet())
    const lines = rendered.split('\n')
    expect(lines[0]).toBe('#!/bin/bash')
    expect(lines[1]).toBe("MAYFLY_JOB='job-1'")
    expect(lines).toContain("MAYFLY_RUN_SECONDS='60'")
    expect(rendered).not.toContain('comment')
    expect(inBash(rendered)).toEqual({ stdout: 'ran # 60', status: 3 })
    expect(renderUserData(script.replace('# a comment\n', ''), aSet())).toBe(rendered)
  })

  it('powers off when the script cannot be unpacked', () => {
    const broken = renderUserData('echo ran\n', aSet()).replace(/^H4sI.*$/m, 'not base64')
    expect(inBash(broken).stdout).toBe('power -h now\n')
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
    const overhead = Buffer.byteLength(renderUserData('', aSet({ MAYFLY_INPUT_KEY: 'x' }))) - 1
    const fits = (bytes: number) => renderUserData('', aSet({ MAYFLY_INPUT_KEY: 'x'.repeat(bytes - overhead) }))
    expect(fits(16_384)).toHaveLength(16_384)
    expect(() => fits(16_385)).toThrow('the user data has 16385 bytes; EC2 takes at most 16384')
  })

  it('stays below 8 KB with the real script and everything as long as it can be', () => {
    const script = readFileSync('functions/launch/startup.sh', 'utf8')
    const change = {
      MAYFLY_JOB: 'j'.repeat(32),
      MAYFLY_PAYER: 'p'.repeat(64),
      MAYFLY_TYPE: 't'.repeat(64),
      MAYFLY_INPUT_BUCKET: 'b'.repeat(63),
      MAYFLY_RESULTS_BUCKET: 'b'.repeat(63),
      MAYFLY_PROCESSOR_BUCKET: 'b'.repeat(63),
      MAYFLY_INPUT_KEY: 'k'.repeat(512),
      MAYFLY_INPUT_VERSION: 'v'.repeat(32),
      MAYFLY_PROCESSOR_KEY: `processors/${'n'.repeat(40)}/${'a'.repeat(64)}.tar.gz`,
      MAYFLY_PROCESSOR_PACKAGES: 'nodejs20 python3.11 java-21-amazon-corretto-headless',
      MAYFLY_INPUT_BYTES: 5 * 2 ** 40,
    }
    expect(Buffer.byteLength(renderUserData(script, aSet(change)))).toBeLessThanOrEqual(8192)
    // Keys of 1,024 bytes, the most that S3 allows, still fit EC2's limit with room to spare.
    const longest = renderUserData(script, aSet({ ...change, MAYFLY_INPUT_KEY: 'k'.repeat(1024) }))
    expect(Buffer.byteLength(longest)).toBeLessThan(9000)
  })
})
