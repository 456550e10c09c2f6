import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { startTimeOf } from '#local/process-identity'
import { projectFolder } from '#local/project-folder'

export const defaultStateFolder = join(projectFolder, '.mayfly', 'local')

const Endpoints = z.strictObject({
  pid: z.int().positive(),
  startTime: z.string(),
  endpoint: z.url(),
  ec2Endpoint: z.url(),
  region: z.string(),
  awsCli: z.string(),
})
export type Endpoints = z.infer<typeof Endpoints>

const fileIn = (folder: string) => join(folder, 'endpoints.json')

/** Lets other commands find the local AWS that this process holds up. */
export const publishEndpoints = async (folder: string, found: Omit<Endpoints, 'pid' | 'startTime'>) => {
  const startTime = (await startTimeOf(process.pid)) ?? ''
  await writeFile(fileIn(folder), `${JSON.stringify({ pid: process.pid, startTime, ...found }, null, 2)}\n`, {
    mode: 0o600,
  })
}

export const withdrawEndpoints = (folder: string) => rm(fileIn(folder), { force: true })

/** The local AWS that is up with this state folder, or undefined when none is: its process must be alive. */
export const runningEndpoints = async (folder = defaultStateFolder): Promise<Endpoints | undefined> => {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => undefined)
  const found = text === undefined ? undefined : Endpoints.safeParse(JSON.parse(text)).data
  return found && (await startTimeOf(found.pid)) === found.startTime ? found : undefined
}
