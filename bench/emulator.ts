import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulator } from '#local/emulator'
import { freePort } from '#local/free-port'
import { projectFolder } from '#local/project-folder'
import { pythonTools } from '#local/python-tools'
import { claimStateFolder } from '#local/state-folder'

/** An emulator of our own without a stack: its endpoint, and how to end it (about 2 s to start). */
export const ownEmulator = async () => {
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const { python } = await pythonTools({ say })
  // In the checkout, as for `mayfly up`.
  await mkdir(join(projectFolder, '.mayfly'), { recursive: true })
  const folder = await mkdtemp(join(projectFolder, '.mayfly', 'bench-'))
  const state = await claimStateFolder(folder, say)
  const port = await freePort()
  const region = 'us-east-1'
  const endpoint = `http://127.0.0.1:${port}`
  const emulator = await startEmulator({ python, port, ec2Endpoint: endpoint, region, folder, state })
  return {
    config: { endpoint, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } },
    stop: async () => {
      await emulator.stop()
      await state.release()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
export type OwnEmulator = Awaited<ReturnType<typeof ownEmulator>>
