import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { awsVariables, environmentWithoutAws } from '#local/aws-environment'
import { type OwnedProcess, startOwnedProcess } from '#local/owned-process'
import { projectFolder } from '#local/project-folder'
import type { StateFolder } from '#local/state-folder'

type Options = {
  readonly emulatorUrl: string
  readonly port: number
  readonly region: string
  readonly awsCli: string
  readonly folder: string
  readonly state: StateFolder
}

const Ready = z.object({ url: z.url() })

/** Starts our own EC2 as a process of its own, its log in `folder`/hypervisor.log, and returns when it answers. */
export const startHypervisorProcess = async (options: Options): Promise<OwnedProcess & { readonly url: string }> => {
  const { emulatorUrl, port, region, awsCli, folder, state } = options
  const stateDir = join(folder, 'hypervisor')
  const logFile = join(folder, 'hypervisor.log')
  await mkdir(stateDir, { recursive: true })
  const flags = ['--emulator-url', emulatorUrl, '--state-dir', stateDir, '--port', String(port), '--aws-cli', awsCli]
  const hypervisor = await startOwnedProcess(
    {
      name: 'hypervisor',
      command: process.execPath,
      args: [
        ...['--import', fileURLToPath(import.meta.resolve('tsx'))],
        ...['--import', join(projectFolder, 'local', 'end-with-parent.ts')],
        join(projectFolder, 'local', 'hypervisor', 'main.ts'),
        ...flags,
      ],
      cwd: projectFolder,
      logFile,
      env: { ...environmentWithoutAws(), ...awsVariables({ endpoint: emulatorUrl, ec2Endpoint: emulatorUrl, region }) },
    },
    state,
  )
  const line = await hypervisor.firstLine
  if (line === undefined) throw new Error(`The hypervisor did not start (${await hypervisor.ended}); see ${logFile}`)
  return { ...hypervisor, url: Ready.parse(JSON.parse(line)).url }
}
