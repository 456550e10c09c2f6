import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { chmod, copyFile, cp, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { packProcessor } from '#cli/processors/processor-archive'
import { runPrefix } from '#domain/schedule/run-prefix'
import { RunResult } from '#domain/schedule/run-result'
import { renderUserData } from '#functions/launch/user-data'
import { environmentWithoutAws } from '#local/aws-environment'
import { projectFolder } from '#local/project-folder'

type Options = {
  readonly file: string
  /** A folder of config/processors by its name, another folder, or a packed tar.gz. */
  readonly processor: string
  readonly payer: string
  readonly type: string
  /** Extra inputs, such as the members' output: its files go to the processor's MAYFLY_IN/<their path>. */
  readonly extra?: string
  /** Where outputs, log.txt and result.json go. */
  readonly out: string
  readonly runSeconds: number
  /** Empty, and the caller's to remove. */
  readonly scratch: string
  readonly say: (text: string) => void
  readonly signal?: AbortSignal
}

const BUCKETS = { landing: 'landing', results: 'results', artifacts: 'artifacts' }
const ROLE = 'local'
const INSTANCE = 'i-00000000000000000'
/** What a run may find on the PATH before the user's own: no AWS, and nothing that powers this machine off. */
const commands = { aws: 'aws.sh', curl: 'curl.sh', shutdown: 'power.sh', poweroff: 'power.sh', halt: 'power.sh' }

/**
 * One file through one processor by the real startup script, on this machine and without AWS: S3 is a folder, the metadata
 * service a few words, powering off nothing. @throws when the script left no result, or file and processor are not there
 */
export const runLocal = async (options: Options): Promise<RunResult> => {
  const { file, scratch, out, payer, type, runSeconds, say } = options
  if (process.platform !== 'linux')
    throw new Error(
      `the startup script finds processes through /proc, which ${process.platform} has not; Linux is needed`,
    )
  const s3 = join(scratch, 's3')
  const bin = join(scratch, 'bin')
  const prefix = runPrefix(ROLE, INSTANCE)
  const run = join(s3, BUCKETS.results, prefix)
  for (const folder of [bin, join(s3, BUCKETS.landing), join(s3, BUCKETS.artifacts), join(run, 'in')])
    await mkdir(folder, { recursive: true })
  const { size } = await stat(file).catch(() => {
    throw new Error(`${file} is not there`)
  })
  await symlink(resolve(file), join(s3, BUCKETS.landing, 'input'))
  const archive = await archiveOf(options.processor)
  await writeFile(join(s3, BUCKETS.artifacts, 'processor.tar.gz'), archive)
  const names = options.extra === undefined ? [] : await copyTree(options.extra, join(run, 'in'))
  await writeFile(join(run, 'in', 'manifest'), `${names.join('\n')}\n`)
  for (const [name, source] of Object.entries(commands)) {
    await copyFile(join(projectFolder, 'local', 'run-local', source), join(bin, name))
    await chmod(join(bin, name), 0o755)
  }
  await symlink(process.execPath, join(bin, 'node'))

  const userData = renderUserData(await readFile(join(projectFolder, 'functions/launch/startup.sh'), 'utf8'), {
    MAYFLY_JOB: `local-${randomUUID().slice(0, 8)}`,
    MAYFLY_ROUND: 1,
    MAYFLY_ATTEMPT: 1,
    MAYFLY_PAYER: payer,
    MAYFLY_TYPE: type,
    MAYFLY_ROLE_ID: ROLE,
    MAYFLY_REGION: 'local',
    MAYFLY_INPUT_BUCKET: BUCKETS.landing,
    MAYFLY_INPUT_KEY: 'input',
    MAYFLY_INPUT_VERSION: '1',
    MAYFLY_INPUT_BYTES: size,
    MAYFLY_RESULTS_BUCKET: BUCKETS.results,
    MAYFLY_PROCESSOR_BUCKET: BUCKETS.artifacts,
    MAYFLY_PROCESSOR_KEY: 'processor.tar.gz',
    MAYFLY_PROCESSOR_SHA256: createHash('sha256').update(archive).digest('hex'),
    MAYFLY_PROCESSOR_PACKAGES: '',
    MAYFLY_RUN_SECONDS: runSeconds,
    MAYFLY_DEADLINE_MINUTES: Math.ceil(runSeconds / 60) + 5,
    MAYFLY_PROGRESS_SECONDS: 5,
  })
  await writeFile(join(scratch, 'user-data'), userData)
  await script(options, bin, s3, say)
  await mkdir(out, { recursive: true })
  for (const name of ['out', 'log.txt', 'result.json'])
    await cp(join(run, name), join(out, name === 'out' ? '.' : name), { recursive: true, force: true }).catch(() => {})
  const result = await readFile(join(run, 'result.json'), 'utf8').catch(() => {
    throw new Error('the startup script left no result; what it said is above')
  })
  return RunResult.parse(JSON.parse(result))
}

const script = ({ scratch, signal }: Options, bin: string, s3: string, say: (text: string) => void) =>
  new Promise<void>((done, failed) => {
    const { PATH = '', ...environment } = environmentWithoutAws()
    const child = spawn('bash', [join(scratch, 'user-data')], {
      cwd: scratch,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches us, and we tell the script, which tells its processor.
      detached: true,
      env: {
        ...environment,
        PATH: `${bin}:${PATH}`,
        TMPDIR: scratch,
        MAYFLY_WORK: join(scratch, 'work'),
        MAYFLY_LOCAL_S3: s3,
      },
    })
    child.stdout.on('data', (text: Buffer) => say(text.toString()))
    child.stderr.on('data', (text: Buffer) => say(text.toString()))
    signal?.addEventListener('abort', () => child.kill('SIGTERM'))
    child.on('error', failed)
    child.on('close', () => done())
  })

const archiveOf = async (processor: string): Promise<Buffer> => {
  if (processor.endsWith('.tar.gz')) return readFile(processor)
  const named = join(projectFolder, 'config', 'processors', processor)
  const folder = basename(processor) === processor ? named : processor
  const found = await stat(folder).catch(() => undefined)
  if (!found?.isDirectory())
    throw new Error(
      `no processor ${JSON.stringify(processor)}: it should be a folder of config/processors, a path or a .tar.gz`,
    )
  return (await packProcessor(folder)).archive
}

/** Copies a folder and says what is in it, as paths. */
const copyTree = async (from: string, to: string): Promise<string[]> => {
  await cp(from, to, { recursive: true })
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(from, join(entry.parentPath, entry.name)))
}
