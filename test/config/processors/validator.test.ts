import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { packProcessor } from '#cli/processors/processor-archive'
import { mergePolicy } from '#domain/policy/merge'
import { rulesFor } from '#domain/policy/rules-for'
import { RunResult } from '#domain/schedule/run-result'
import { small834 } from '#test/domain/envelope/sample-text'

const folder = mkdtempSync(join(tmpdir(), 'mayfly-validator-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(async () => {
  const { archive } = await packProcessor('config/processors/validator')
  execFileSync('tar', ['-xzf', '-', '-C', folder], { input: archive })
})

// As the startup script runs it, with the very archive that is pushed.
it.each([
  { file: small834(), status: 0, valid: true, codes: [] },
  { file: small834().slice(0, -40), status: 65, valid: false, codes: ['IK502-2', 'AK905-3', 'TA1-023'] },
])('the validator that is pushed ends with $status', ({ file, status, valid, codes }) => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('input'), file)
  writeFileSync(at('rules'), JSON.stringify(rulesFor(mergePolicy([], 'acme', 'member'), 'member', 5)))
  const env = {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    MAYFLY_INPUT: at('input'),
    MAYFLY_RULES: at('rules'),
    MAYFLY_VALIDATION: at('validation.json'),
  }
  const ended = spawnSync(at('run'), { env, encoding: 'utf8' })
  expect(ended.status, ended.stderr).toBe(status)
  const summary = RunResult.shape.validation.parse(JSON.parse(readFileSync(at('validation.json'), 'utf8')))
  expect(summary).toMatchObject({ valid, findings: codes.map((code) => ({ code })) })
  expect(JSON.parse(readFileSync(at('validation-report.json'), 'utf8'))).toMatchObject({ valid, readToEnd: true })
  expect(ended.stdout).not.toContain('SYNTHETIC')
})
