import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runLocal } from '#cli/processors/run-local'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mayfly-run-local-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = async (program: string, extra?: string) => {
  const source = join(folder, 'source')
  const [scratch, out, file] = [join(folder, 'scratch'), join(folder, 'results'), join(folder, 'payer file.834')]
  for (const path of [source, scratch]) mkdirSync(path)
  writeFileSync(join(source, 'run'), `#!/bin/bash\n${program}\n`)
  chmodSync(join(source, 'run'), 0o755)
  execFileSync('tar', ['-czf', join(folder, 'p.tar.gz'), '-C', source, '.'])
  writeFileSync(file, 'SECRET CONTENT')
  let said = ''
  const result = await runLocal({
    ...{ file, processor: join(folder, 'p.tar.gz'), payer: 'acme', type: 'member', runSeconds: 2, scratch, out },
    ...(extra === undefined ? {} : { extra }),
    say: (text) => {
      said += text
    },
  })
  return { result, said, left: readdirSync(out).sort(), text: (name: string) => readFileSync(join(out, name), 'utf8') }
}

describe('a run on this machine', () => {
  it('is the life of an instance: the same variables, outputs, log and result', async () => {
    const { result, said, left, text } = await run(
      'cp "$MAYFLY_INPUT" "$MAYFLY_OUT/copy"; echo "$MAYFLY_PAYER $MAYFLY_TYPE $MAYFLY_ATTEMPT"',
    )
    expect(result).toMatchObject({ outcome: 'succeeded', reason: 'ok', exitCode: 0, outputs: ['copy'], inputBytes: 14 })
    expect(left).toEqual(['copy', 'log.txt', 'result.json'])
    expect(text('copy')).toBe('SECRET CONTENT')
    expect(text('log.txt')).toContain('acme member 1')
    expect(said).not.toContain('SECRET')
  })

  it.each([
    { program: 'exit 1', outcome: 'failed', reason: 'processor-exit', exitCode: 1 },
    { program: 'exit 75', outcome: 'retryable', reason: 'processor-exit', exitCode: 75 },
    { program: '/bin/sleep 60', outcome: 'failed', reason: 'timed-out', exitCode: 124 },
  ])('tells how "$program" ends: $outcome', async ({ program, ...ended }) => {
    expect((await run(program)).result).toMatchObject(ended)
  })

  it('gives the processor its extra inputs, by their paths', async () => {
    const extra = join(folder, 'extra')
    mkdirSync(join(extra, 'member'), { recursive: true })
    writeFileSync(join(extra, 'member', 'members.ndjson'), '{"memberId":1}')
    const { text } = await run('cp "$MAYFLY_IN/member/members.ndjson" "$MAYFLY_OUT/known"', extra)
    expect(text('known')).toBe('{"memberId":1}')
  })

  it('finds none of the commands that would power this machine off or reach AWS', async () => {
    const { text } = await run(
      'for name in shutdown poweroff halt aws curl; do command -v $name; done >"$MAYFLY_OUT/where"',
    )
    for (const path of text('where').trim().split('\n')) expect(path).toContain(join(folder, 'scratch', 'bin'))
  })

  it.each([
    { what: 'a file that is not there', change: { file: '/no/such/file' }, says: '/no/such/file is not there' },
    { what: 'a processor that is none', change: { processor: 'nobody' }, says: 'no processor "nobody"' },
  ])('says so of $what', async ({ change, says }) => {
    const file = join(folder, 'f')
    writeFileSync(file, 'x')
    const options = { file, processor: 'members', payer: 'a', type: 'b', runSeconds: 2, out: folder, say: () => {} }
    await expect(runLocal({ ...options, scratch: join(folder, 's'), ...change })).rejects.toThrow(says)
  })
})
