import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { environmentWithoutAws } from '#local/aws-environment'
import { startTimeOf } from '#local/process-identity'
import { projectFolder } from '#local/project-folder'
import { type Command, runCommand } from '#local/run-command'

export type PythonTools = {
  /** An interpreter that can `import ministack`. */
  readonly python: string
  readonly awsCli: string
  readonly shellcheck: string
}

export class LocalAwsUnavailable extends Error {
  override readonly name = 'LocalAwsUnavailable'
}

type Options = {
  readonly say: (line: string) => void
  /** Where environments live; a test gives its own. */
  readonly folder?: string
  readonly path?: string
  readonly run?: (command: Command) => Promise<string>
}

const requirements = join(projectFolder, 'local', 'requirements.txt')
const install = ['install', '--quiet', '--require-hashes', '--only-binary', ':all:']

/**
 * The emulator and the AWS CLI, in a private Python environment that is made when it is not there yet (about 15 s).
 * @throws LocalAwsUnavailable naming every way that was tried, and the one line that mends each.
 */
export const pythonTools = async ({
  say,
  folder = join(projectFolder, '.mayfly', 'python'),
  path,
  run = runCommand,
}: Options): Promise<PythonTools> => {
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12)
  const home = join(folder, wanted)
  const tools = {
    python: join(home, 'bin', 'python'),
    awsCli: join(home, 'bin', 'aws'),
    shellcheck: join(home, 'bin', 'shellcheck'),
  }
  const ready = join(home, 'ready')
  if (await exists(ready)) return tools

  return oneAtATime(join(folder, `${wanted}.lock`), async () => {
    if (await exists(ready)) return tools
    say('Making a private Python environment with the emulator and the AWS CLI (once, about 15 s)')
    const env = {
      ...environmentWithoutAws(),
      PIP_DISABLE_PIP_VERSION_CHECK: '1',
      ...(path !== undefined && { PATH: path }),
    }
    const tried: string[] = []
    const attempt = async (commands: readonly Command[]) => {
      await rm(home, { recursive: true, force: true })
      try {
        for (const command of commands) await run({ ...command, env })
        await writeFile(ready, '')
        return true
      } catch (error) {
        tried.push(error instanceof Error ? error.message : String(error))
        return false
      }
    }
    const checked = { command: 'python3', args: ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'] }
    if (
      (await attempt([
        checked,
        { command: 'python3', args: ['-m', 'venv', home] },
        { command: tools.python, args: ['-m', 'pip', ...install, '-r', requirements] },
      ])) ||
      (await attempt([
        { command: 'uv', args: ['venv', '--quiet', '--python', '>=3.10', home] },
        { command: 'uv', args: ['pip', ...install, '--python', tools.python, '-r', requirements] },
      ]))
    )
      return tools
    await rm(home, { recursive: true, force: true })
    return (await onThePath(path ?? process.env['PATH'] ?? '')) ?? unavailable(tried)
  })
}

/** A `ministack` that somebody installed, by the interpreter in its first line. */
const onThePath = async (path: string): Promise<PythonTools | undefined> => {
  const find = async (name: string) => {
    for (const folder of path.split(delimiter))
      if (folder && (await exists(join(folder, name)))) return join(folder, name)
    return undefined
  }
  const [ministack, awsCli] = await Promise.all([find('ministack'), find('aws')])
  if (!ministack || !awsCli) return undefined
  const python = /^#!(\/\S*python[\d.]*)\s/.exec(await readFile(ministack, 'latin1'))?.[1]
  return python === undefined ? undefined : { python, awsCli, shellcheck: 'shellcheck' }
}

const unavailable = (tried: readonly string[]): never => {
  throw new LocalAwsUnavailable(
    `The local AWS cannot be started: its emulator could not be had. Tried, each with what would mend it:
- python3 -m venv and pip: ${tried[0] ?? 'not tried'}
    mend: install Python 3.10 or later with venv (Debian: apt install python3-venv; macOS: brew install python), and let pip reach a package index (PIP_INDEX_URL)
- uv: ${tried[1] ?? 'not tried'}
    mend: pip install uv (or: brew install uv), and let it reach a package index (UV_INDEX_URL)
- a ministack and an aws on the PATH: not found
    mend: pipx install ministack && pipx install awscli
- a running emulator: AWS_ENDPOINT_URL is not set
    mend: AWS_ENDPOINT_URL=http://127.0.0.1:4566 mayfly up
- the container image: not tried by this command
    mend: docker run --rm --network host ministackorg/ministack, then AWS_ENDPOINT_URL=http://127.0.0.1:4566 mayfly up`,
  )
}

/** Two commands that start at once must not build the same environment: the second waits for the first. */
const oneAtATime = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  await mkdir(join(lock, '..'), { recursive: true })
  const mine = `${process.pid} ${await startTimeOf(process.pid)}`
  for (;;) {
    const held = await writeFile(lock, mine, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => error.code)
    if (held === undefined) break
    if (held !== 'EEXIST') throw new LocalAwsUnavailable(`The folder of ${lock} cannot be written to: ${held}`)
    const [pid, ...started] = (await readFile(lock, 'utf8').catch(() => mine)).split(' ')
    if ((await startTimeOf(Number(pid))) !== started.join(' ')) await rm(lock, { force: true })
    else await pause(200)
  }
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

const exists = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  )
