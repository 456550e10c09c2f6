import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { awsVariables } from '#local/aws-environment'
import { startEmulator } from '#local/emulator'
import { freePort } from '#local/free-port'
import { projectFolder } from '#local/project-folder'
import { pythonTools } from '#local/python-tools'
import { claimStateFolder } from '#local/state-folder'

const region = 'us-east-1'

/** An emulator without a stack and without the hypervisor, for contract suites: about 2 s. */
export const startTestEmulator = async () => {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const tools = await pythonTools({ say })
  // In the checkout, as for `mayfly up`: its package.json must not change how functions are loaded.
  await mkdir(join(projectFolder, '.mayfly'), { recursive: true })
  const folder = await mkdtemp(join(projectFolder, '.mayfly', 'test-'))
  const state = await claimStateFolder(folder, say)
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const emulator = await startEmulator({ python: tools.python, port, ec2Endpoint: endpoint, region, folder, state })
  return {
    endpoint,
    awsCli: tools.awsCli,
    /** For SDK clients and child processes: endpoints, region, dummy credentials. */
    env: awsVariables({ endpoint, ec2Endpoint: endpoint, region }),
    stop: async () => {
      await emulator.stop()
      await state.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
