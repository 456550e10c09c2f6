import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { endProcesses } from '#local/end-process'
import { startTimeOf } from '#local/process-identity'
import { claimStateFolder } from '#local/state-folder'

const Holder = z.object({ pid: z.int().positive(), startTime: z.string() })

/** `up` ends instances, hypervisor and emulator itself, each with a grace of its own: about 10 s at most. */
const GRACE_MS = 30_000

export type StoppedLocal = {
  /** `leftovers`: what held it had crashed, and left processes running. */
  readonly found: 'running' | 'leftovers' | 'nothing'
  readonly pid?: number
}

/**
 * Ends the local AWS of a state folder: the process that holds it is told to stop what it started, and what a crash has
 * left is ended. Only processes that the folder proves to be ours.
 */
export const stopLocal = async (folder: string, say: (line: string) => void): Promise<StoppedLocal> => {
  const text = await readFile(join(folder, 'processes.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return { found: 'nothing' }
  const { pid, startTime } = Holder.parse(JSON.parse(text))
  const runs = (await startTimeOf(pid)) === startTime
  if (runs) await endProcesses([pid], GRACE_MS)
  // Whoever claims the folder ends what its last holder, if it did not end in order, has left.
  await (await claimStateFolder(folder, say)).release()
  return { found: runs ? 'running' : 'leftovers', pid }
}
