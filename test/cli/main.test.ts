import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFolder } from '#local/project-folder'

const mayfly = (...args: readonly string[]) =>
  spawnSync(process.execPath, [join(projectFolder, 'bin', 'mayfly.mjs'), ...args], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, MAYFLY_DEBUG: '' },
  })

describe('mayfly, from any folder', { timeout: 30_000 }, () => {
  it.each([
    { args: ['--version'], code: 0, stdout: /^\d+\.\d+\.\d+\n$/, stderr: /^$/ },
    { args: ['--help'], code: 0, stdout: /Examples:[\s\S]*Exit codes:/, stderr: /^$/ },
    { args: ['up', '--help'], code: 0, stdout: /--state-dir/, stderr: /^$/ },
    { args: ['upp'], code: 2, stdout: /^$/, stderr: /unknown command 'upp'\n\(Did you mean up\?\)/ },
    { args: ['up', '--statedir', 'x'], code: 2, stdout: /^$/, stderr: /Did you mean --state-dir/ },
    // A state folder cannot be made inside a file: any error of a command is one plain line.
    { args: ['up', '--no-deploy', '--state-dir', '/dev/null/x'], code: 2, stdout: /^$/, stderr: /^mayfly: .*\n$/ },
  ])('$args ends with $code', ({ args, code, stdout, stderr }) => {
    const ended = mayfly(...args)
    expect(ended.stdout).toMatch(stdout)
    expect(ended.stderr).toMatch(stderr)
    expect(ended.status).toBe(code)
  })

  it.each([
    { what: 'output', line: '--help | true' },
    { what: 'output and errors', line: 'upp 2>&1 | true' },
  ])('ends without a word when nobody reads its $what', ({ line }) => {
    // `true` has ended long before Node.js has started.
    const shell = `set -o pipefail; "$0" "$1" ${line}`
    const command = [process.execPath, join(projectFolder, 'bin', 'mayfly.mjs')]
    const ended = spawnSync('bash', ['-c', shell, ...command], { encoding: 'utf8' })
    expect(ended).toMatchObject({ stdout: '', stderr: '', status: 141 })
  })
})
