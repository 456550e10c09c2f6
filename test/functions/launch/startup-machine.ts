import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { renderUserData, type UserDataVariables } from '#functions/launch/user-data'

/** S3 is a folder. A key whose file is absent fails like a 404; `refuse` holds a prefix whose writes fail. */
const AWS = `#!/bin/bash
echo "$*" >>"$MACHINE/calls"
while [[ $1 == --cli-* ]]; do shift 2; done
operation="$1 $2"; shift 2
plain=() bucket='' key='' version=''
while (($#)); do
  case $1 in
    --bucket) bucket=$2; shift 2 ;;
    --key) key=$2; shift 2 ;;
    --version-id) version=@$2; shift 2 ;;
    --*) shift ;;
    *) plain+=("$1"); shift ;;
  esac
done
if [[ $operation == 's3api get-object' ]]; then exec cp "$MACHINE/s3/$bucket/$key$version" "\${plain[0]}"; fi
target=\${plain[1]#s3://}
if [[ -s $MACHINE/refuse && $target == *$(<"$MACHINE/refuse")* ]]; then echo 'AccessDenied' >&2; exit 1; fi
mkdir -p "$(dirname "$MACHINE/s3/$target.")"
cp -r "\${plain[0]}\${plain[0]:+$([[ -d \${plain[0]} ]] && echo .)}" "$MACHINE/s3/$target"
`
const SHUTDOWN = `#!/bin/bash\necho "$*" >>"$MACHINE/power"\n`
const SLEEP = `#!/bin/bash\nexec /bin/sleep 0.05\n`

export interface Ended {
  readonly result: Record<string, unknown> | undefined
  readonly log: string
  readonly console: string
  readonly power: readonly string[]
  readonly calls: readonly string[]
  readonly outputs: readonly string[]
  readonly progress: Record<string, unknown> | undefined
}

export interface Machine {
  /** Another one for each machine: it is in the mark of its processes. */
  readonly job: string
  /** Leaves the object out of S3 (`input`, `processor`, `manifest`). */
  remove(what: 'input' | 'processor' | 'manifest'): void
  putInput(name: string, text: string): void
  /** Another payer file. */
  setInput(text: string): void
  /** Another archive under the processor's key; its hash is the one that is announced. */
  putProcessor(archive: string): void
  /** A validator made of this script, beside the processor; what `start` must be told of it. */
  putValidator(script: string): Partial<UserDataVariables>
  refuseWritesTo(part: string): void
  /** As a spot machine, from now on with or without the warning that EC2 takes it back. */
  spot(isWarned: boolean): void
  /** Gives the machine a disk of so many KiB, in a mount namespace of its own. */
  limitDisk(kib: number): void
  start(change?: Partial<UserDataVariables>, environment?: Record<string, string>): ChildProcess
  /** In the folder that `$MACHINE` names. */
  has(name: string): boolean
  /** Below its run prefix. */
  hasWritten(name: string): boolean
  ended(process: ChildProcess): Promise<Ended>
  close(): void
}

/** A machine without EC2: the real script, with `aws`, `shutdown`, `sleep` and the metadata service stood in for. */
export async function aMachine(processor: string): Promise<Machine> {
  const root = mkdtempSync(join(tmpdir(), 'mayfly-startup-'))
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [name, text] of Object.entries({ aws: AWS, shutdown: SHUTDOWN, sleep: SLEEP })) {
    put(`bin/${name}`, text)
    chmodSync(join(root, 'bin', name), 0o755)
  }
  put('processor/run', `#!/bin/bash\n${processor}\n`)
  chmodSync(join(root, 'processor/run'), 0o755)
  const archive = execFileSync('tar', ['-czf', '-', '-C', join(root, 'processor'), '.'])
  const payerFile = 'ISA*SECRET-PAYER-CONTENT~\n'
  const paths = {
    input: 's3/landing/acme/member/a b.834@v1',
    processor: 's3/artifacts/processors/p.tar.gz',
    manifest: 's3/results/runs/AROA:i-0123456789abcdef0/in/manifest',
  }
  put(paths.input, payerFile)
  put(paths.processor, archive)
  put(paths.manifest, '\n')
  const metadata = await serveMetadata()
  let diskKib: number | undefined

  const job = `job-${randomUUID()}`

  return {
    job,
    remove: (what) => rmSync(join(root, paths[what])),
    putInput(name, text) {
      put(`${dirname(paths.manifest)}/${name}`, text)
      put(paths.manifest, `${name}\n`)
    },
    setInput: (text) => put(paths.input, text),
    putProcessor: (archive) => put(paths.processor, archive),
    putValidator(script) {
      put('validator/run', `#!/bin/bash\n${script}\n`)
      chmodSync(join(root, 'validator/run'), 0o755)
      const key = 'processors/v.tar.gz'
      put(`s3/artifacts/${key}`, execFileSync('tar', ['-czf', '-', '-C', join(root, 'validator'), '.']))
      return { MAYFLY_VALIDATOR_KEY: key, MAYFLY_VALIDATOR_SHA256: sha256(join(root, 's3/artifacts', key)) }
    },
    refuseWritesTo: (part) => put('refuse', part),
    spot(isWarned) {
      metadata.paths['/latest/meta-data/instance-life-cycle'] = 'spot'
      if (isWarned) metadata.paths['/latest/meta-data/spot/instance-action'] = '{"action":"terminate"}'
    },
    limitDisk(kib) {
      diskKib = kib
    },
    start(change = {}, environment = {}) {
      const script = renderUserData(readFileSync('functions/launch/startup.sh', 'utf8'), {
        MAYFLY_JOB: job,
        MAYFLY_ROUND: 1,
        MAYFLY_ATTEMPT: 2,
        MAYFLY_PAYER: 'acme',
        MAYFLY_TYPE: 'member',
        MAYFLY_ROLE_ID: 'AROA',
        MAYFLY_REGION: 'us-east-1',
        MAYFLY_INPUT_BUCKET: 'landing',
        MAYFLY_INPUT_KEY: 'acme/member/a b.834',
        MAYFLY_INPUT_VERSION: 'v1',
        MAYFLY_INPUT_BYTES: payerFile.length,
        MAYFLY_RESULTS_BUCKET: 'results',
        MAYFLY_PROCESSOR_BUCKET: 'artifacts',
        MAYFLY_PROCESSOR_KEY: 'processors/p.tar.gz',
        MAYFLY_PROCESSOR_SHA256: sha256(join(root, paths.processor)),
        MAYFLY_PROCESSOR_PACKAGES: '',
        MAYFLY_RUN_SECONDS: 30,
        MAYFLY_DEADLINE_MINUTES: 10,
        ...change,
      })
      put('user-data', script)
      const userData = join(root, 'user-data')
      const mount = `mkdir -p "$MAYFLY_WORK" && mount -t tmpfs -o size=${diskKib}k tmpfs "$MAYFLY_WORK" && exec bash "$0"`
      const [command, ...args] =
        diskKib === undefined ? ['bash', userData] : ['unshare', '-rm', 'bash', '-c', mount, userData]
      return spawn(command, args, {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: `${join(root, 'bin')}:/usr/bin:/bin`,
          MACHINE: root,
          MAYFLY_WORK: join(root, 'work'),
          TMPDIR: root,
          AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
          ...environment,
        },
      })
    },
    has: (name) => existsSync(join(root, name)),
    hasWritten: (name) => existsSync(join(root, 's3/results/runs/AROA:i-0123456789abcdef0', name)),
    async ended(process) {
      let console = ''
      process.stdout?.on('data', (chunk) => {
        console += chunk
      })
      process.stderr?.on('data', (chunk) => {
        console += chunk
      })
      await new Promise((resolve) => process.on('close', resolve))
      const run = join(root, 's3/results/runs/AROA:i-0123456789abcdef0')
      const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
      const json = (path: string) => (existsSync(path) ? JSON.parse(text(path)) : undefined)
      return {
        result: json(join(run, 'result.json')),
        progress: json(join(run, 'progress.json')),
        log: text(join(run, 'log.txt')),
        console,
        power: text(join(root, 'power')).trim().split('\n'),
        calls: text(join(root, 'calls')).trim().split('\n'),
        outputs: existsSync(join(run, 'out'))
          ? readdirSync(join(run, 'out'), { recursive: true }).map(String).sort()
          : [],
      }
    },
    close() {
      metadata.server.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

const sha256 = (path: string): string =>
  createHash('sha256')
    .update(existsSync(path) ? readFileSync(path) : '')
    .digest('hex')

/** IMDSv2 as far as the script uses it: no answer without a token. */
async function serveMetadata(): Promise<{ url: string; server: Server; paths: Record<string, string> }> {
  const paths: Record<string, string> = {
    '/latest/meta-data/instance-id': 'i-0123456789abcdef0',
    '/latest/meta-data/instance-life-cycle': 'on-demand',
  }
  const server = createServer((request, response) => {
    const value = paths[request.url ?? '']
    if (request.method === 'PUT' && request.url === '/latest/api/token') response.end('a-token')
    else if (request.headers['x-aws-ec2-metadata-token'] !== 'a-token') response.writeHead(401).end()
    else if (value === undefined) response.writeHead(404).end()
    else response.end(value)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the metadata server has no port')
  return { url: `http://127.0.0.1:${address.port}`, server, paths }
}
