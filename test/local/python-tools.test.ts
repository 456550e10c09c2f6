import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pythonTools } from '#local/python-tools'
import type { Command } from '#local/run-command'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-tools-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const silent = () => {}
const noSuch = (...names: readonly string[]) => {
  const calls: string[] = []
  const run = async ({ command, args }: Command) => {
    calls.push(command)
    if (names.some((name) => command.endsWith(name))) throw new Error(`${command} could not run: ENOENT`)
    if (args.includes('venv')) await mkdir(join(args.at(-1) ?? '', 'bin'), { recursive: true })
    return ''
  }
  return { run, calls }
}

describe('python tools', () => {
  it('are made with python3 and pip, once', async () => {
    const { run, calls } = noSuch()
    const made = await pythonTools({ say: silent, folder, path: '', run })
    const again = await pythonTools({ say: silent, folder, path: '', run })
    expect(made.awsCli).toMatch(/bin\/aws$/)
    expect(again).toEqual(made)
    expect(calls).toHaveLength(3)
  })

  it('are made once by two commands that start at the same moment', async () => {
    const { run, calls } = noSuch()
    await Promise.all([1, 2].map(() => pythonTools({ say: silent, folder, path: '', run })))
    expect(calls).toHaveLength(3)
  })

  it('are made with uv where there is no Python', async () => {
    const { run, calls } = noSuch('python3')
    await pythonTools({ say: silent, folder, path: '', run })
    expect(calls).toEqual(['python3', 'uv', 'uv'])
  })

  it('are taken from the PATH where neither works', async () => {
    await writeFile(join(folder, 'ministack'), '#!/opt/py/bin/python3.12\nimport sys\n')
    await writeFile(join(folder, 'aws'), '')
    await chmod(join(folder, 'ministack'), 0o755)
    const { run } = noSuch('python3', 'uv')
    expect(await pythonTools({ say: silent, folder, path: folder, run })).toEqual({
      python: '/opt/py/bin/python3.12',
      awsCli: join(folder, 'aws'),
      shellcheck: 'shellcheck',
    })
  })

  it('that cannot be had end in one error with every way and what mends it, and leave nothing half made', async () => {
    const { run } = noSuch('python3', 'uv')
    const failing = pythonTools({ say: silent, folder, path: '', run })
    await expect(failing).rejects.toMatchObject({ name: 'LocalAwsUnavailable' })
    const message = await failing.then(
      () => '',
      (error: Error) => error.message,
    )
    for (const part of ['python3 could not run', 'uv could not run', 'PATH', 'AWS_ENDPOINT_URL=', 'docker run'])
      expect(message).toContain(part)
    expect(await readdir(folder)).toEqual([])
  })
})
