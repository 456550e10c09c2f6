import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { endProcesses } from '#local/end-process'
import { processesMarked, startTimeOf } from '#local/process-identity'

/** Set in the environment of everything we start, and inherited by what that starts: the proof that it is ours. */
export const ownerMark = 'MAYFLY_OWNER'

const Started = z.object({ name: z.string(), pid: z.int().positive(), startTime: z.string() })
const Claim = z.object({ owner: z.uuid(), pid: z.int().positive(), startTime: z.string(), children: z.array(Started) })

export type StateFolder = {
  readonly owner: string
  /** True when the previous holder did not end in order. */
  readonly crashed: boolean
  /** Remembers a process for the next start, in case this one crashes. */
  record(child: { readonly name: string; readonly pid: number }): Promise<void>
  /** Gives the folder back; whoever claims it next finds nothing to clean up. */
  release(): Promise<void>
}

export class StateFolderInUse extends Error {
  override readonly name = 'StateFolderInUse'
}

/**
 * Makes this process the holder of the folder, after ending what a crashed holder left running: only processes whose
 * start time or environment proves that the crashed holder started them.
 * @throws StateFolderInUse when the holder is alive.
 */
export const claimStateFolder = async (folder: string, say: (line: string) => void): Promise<StateFolder> => {
  const file = join(folder, 'processes.json')
  await mkdir(folder, { recursive: true })
  const startTime = (await startTimeOf(process.pid)) ?? ''
  const claim: z.infer<typeof Claim> = { owner: randomUUID(), pid: process.pid, startTime, children: [] }
  const write = (flag: 'w' | 'wx') => writeFile(file, `${JSON.stringify(claim, null, 2)}\n`, { flag, mode: 0o600 })

  let crashed = false
  while (!(await wasCreated(write('wx')))) {
    await endLeftovers(file, say)
    await rm(file, { force: true })
    crashed = true
  }
  return {
    owner: claim.owner,
    crashed,
    record: async ({ name, pid }) => {
      claim.children.push({ name, pid, startTime: (await startTimeOf(pid)) ?? '' })
      await write('w')
    },
    release: () => rm(file, { force: true }),
  }
}

const wasCreated = (writing: Promise<void>) =>
  writing.then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )

const endLeftovers = async (file: string, say: (line: string) => void) => {
  const text = await readFile(file, 'utf8').catch(() => '')
  const holder = Claim.safeParse(text === '' ? undefined : JSON.parse(text)).data
  if (!holder) return
  if ((await startTimeOf(holder.pid)) === holder.startTime)
    throw new StateFolderInUse(
      `Mayfly is already up with the state folder of ${file} (process ${holder.pid}). ` +
        'Stop it with Ctrl-C, or start another one beside it with --state-dir FOLDER.',
    )
  const proven = await Promise.all(
    holder.children.map(async ({ pid, startTime }) => (await startTimeOf(pid)) === startTime && startTime !== ''),
  )
  const children = holder.children.filter((_child, index) => proven[index]).map((child) => child.pid)
  const leftovers = [...new Set([...children, ...(await processesMarked(ownerMark, holder.owner))])]
  if (leftovers.length === 0) return
  say(`Ending ${leftovers.length} processes that a crash left running: ${leftovers.join(', ')}`)
  await endProcesses(leftovers)
}
