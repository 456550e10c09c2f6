import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { awsVariables } from '#local/aws-environment'
import type { Instance } from '#local/hypervisor/instance'
import { instanceFolder, makeDisk } from '#local/hypervisor/instance-folder'
import { type Power, serveMetadata } from '#local/hypervisor/metadata-server'
import { endProcesses, marker } from '#local/hypervisor/process-tree'

export interface Machine {
  /** Of the shell that runs the user data; undefined when there is no user data to run. */
  readonly pid: number | undefined
  /** Ends every process: at once without a grace, else TERM first. */
  off(graceMs: number): Promise<void>
}

export interface MachineOptions {
  readonly stateDir: string
  readonly emulatorUrl: string
  readonly ec2Url: string
  readonly region: string
  /** The `aws` executable that the machine's own `aws` calls. */
  readonly awsCli: string
}

/**
 * Boots an instance: its user data runs under bash as a process tree of its own. `killed` is called when that shell was
 * ended by a signal, which nothing inside the machine did: somebody pulled the plug.
 */
export async function bootMachine(
  instance: () => Instance,
  options: MachineOptions,
  on: { power: Power; killed: (signal: string) => void },
): Promise<Machine> {
  const { id, userData } = instance()
  const folder = instanceFolder(options.stateDir, id)
  const metadata = await serveMetadata(instance, options.region, on.power)
  const text = Buffer.from(userData, 'base64')
  const aws = awsVariables({ endpoint: options.emulatorUrl, ec2Endpoint: options.ec2Url, region: options.region })
  makeDisk(folder, { userData: text, awsCli: options.awsCli, aws, control: metadata.port })

  let shell: ChildProcess | undefined
  // cloud-init runs what begins with an interpreter line; other kinds of user data we do not know.
  if (text.subarray(0, 2).toString() === '#!') {
    const output = openSync(folder.console, 'a', 0o600)
    shell = spawn('bash', [folder.userData], {
      cwd: folder.path,
      detached: true,
      stdio: ['ignore', output, output],
      env: {
        PATH: `${folder.bin}:${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
        HOME: folder.path,
        TMPDIR: join(folder.path, 'tmp'),
        LANG: 'C.UTF-8',
        MAYFLY_WORK: folder.work,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: `http://127.0.0.1:${metadata.port}`,
        ...markEnvironment(id),
      },
    })
    closeSync(output)
    shell.on('error', (error) => appendFileSync(folder.console, `the user data could not run: ${error.message}\n`))
    shell.on('exit', (_code, signal) => {
      if (signal !== null) on.killed(signal)
    })
  } else if (text.length > 0) {
    appendFileSync(folder.console, 'the user data was not run: it does not begin with #!\n')
  }

  return {
    pid: shell?.pid,
    async off(graceMs) {
      await endProcesses(id, graceMs, shell?.pid)
      await metadata.close()
    },
  }
}

function markEnvironment(id: string): Record<string, string> {
  const [name, value] = marker(id).split('=')
  return { [String(name)]: String(value) }
}
