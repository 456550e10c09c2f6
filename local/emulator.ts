import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { awsVariables, environmentWithoutAws } from '#local/aws-environment'
import { type OwnedProcess, startOwnedProcess } from '#local/owned-process'
import { projectFolder } from '#local/project-folder'
import type { StateFolder } from '#local/state-folder'

type Options = {
  readonly python: string
  readonly port: number
  /** Where its Lambda workers find EC2: the hypervisor. Both ports are chosen before either process starts. */
  readonly ec2Endpoint: string
  readonly region: string
  readonly folder: string
  readonly state: StateFolder
}

export const emulatorAccount = '000000000000'

/** Starts the emulator on loopback, its log in `folder`/emulator.log, and returns when it answers (about 2 s). */
export const startEmulator = async (options: Options): Promise<OwnedProcess & { readonly endpoint: string }> => {
  const { python, port, ec2Endpoint, region, folder, state } = options
  const endpoint = `http://127.0.0.1:${port}`
  const scratch = join(folder, 'emulator')
  const logFile = join(folder, 'emulator.log')
  await mkdir(scratch, { recursive: true })
  // Functions are unpacked in here, below our own package.json, which would make modules of their plain .js files.
  await writeFile(join(scratch, 'package.json'), '{}\n')
  const emulator = await startOwnedProcess(
    {
      name: 'emulator',
      command: python,
      args: [join(projectFolder, 'local', 'emulator.py')],
      cwd: scratch,
      logFile,
      env: {
        // Its Lambda workers inherit all of this.
        ...environmentWithoutAws(),
        ...awsVariables({ endpoint, ec2Endpoint, region }),
        // It asks there what becomes of each S3 event; alone, it has nobody to ask.
        ...(ec2Endpoint === endpoint ? {} : { MAYFLY_HYPERVISOR: ec2Endpoint }),
        GATEWAY_PORT: String(port),
        BIND_HOST: '127.0.0.1',
        MINISTACK_HOST: '127.0.0.1',
        MINISTACK_REGION: region,
        MINISTACK_ACCOUNT_ID: emulatorAccount,
        MINISTACK_WORKER_THREADS: '128',
        LAMBDA_WARM_TTL_SECONDS: '3600',
        TMPDIR: scratch,
        STATE_DIR: join(scratch, 'state'),
        S3_DATA_DIR: join(scratch, 's3'),
      },
    },
    state,
  )
  let ended: string | undefined
  emulator.ended.then((reason) => {
    ended = reason
  })
  const giveUpAt = Date.now() + 60_000
  while (!(await answers(endpoint))) {
    if (ended === undefined && Date.now() < giveUpAt) await pause(100)
    else {
      await emulator.stop()
      const log = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-8).join('\n  ')
      throw new Error(
        `The emulator did not answer at ${endpoint} (${ended ?? 'waited 60 s'}); ${logFile} ends:\n  ${log}`,
      )
    }
  }
  return { ...emulator, endpoint }
}

const answers = (endpoint: string) =>
  fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  )
