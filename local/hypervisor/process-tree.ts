import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** In the environment of every process of an instance, and of nothing else. */
export const marker = (instanceId: string): string => `MAYFLY_INSTANCE=${instanceId}`

/**
 * The live processes of an instance: those that carry its mark, wherever they forked to, and their descendants, even
 * if they threw their environment away. (Who does that and then outlives its parent is not found.)
 */
export function processesOf(instanceId: string): number[] {
  const mark = marker(instanceId)
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readProcess(Number(name)) ?? []) : []))
  const members = new Set(all.filter((it) => it.environment.includes(mark)).map((it) => it.pid))
  for (let size = -1; size !== members.size; ) {
    size = members.size
    for (const it of all) if (members.has(it.parent)) members.add(it.pid)
  }
  return [...members]
}

/** Waits until nothing of an instance runs any more, for so long at most. */
export async function processesGone(instanceId: string, patienceMs: number): Promise<void> {
  for (const until = Date.now() + patienceMs; Date.now() < until; await pause(50))
    if (processesOf(instanceId).length === 0) return
}

/** Ends all of an instance's processes: TERM (to `first` before the others) and a grace if there is one, then KILL. */
export async function endProcesses(instanceId: string, graceMs: number, first?: number): Promise<void> {
  const killAt = Date.now() + graceMs
  if (graceMs > 0) {
    const pids = processesOf(instanceId)
    for (const pid of pids.filter((it) => it === first)) signal(pid, 'SIGTERM')
    for (const pid of pids.filter((it) => it !== first)) signal(pid, 'SIGTERM')
  }
  for (;;) {
    const pids = processesOf(instanceId)
    if (pids.length === 0) return
    if (Date.now() >= killAt) for (const pid of pids) signal(pid, 'SIGKILL')
    await pause(50)
  }
}

/** Stops all of an instance's processes where they are; they stay, and do nothing. */
export function freezeProcesses(instanceId: string): void {
  for (const pid of processesOf(instanceId)) signal(pid, 'SIGSTOP')
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly environment: readonly string[]
}

/** Undefined when it is gone, a zombie (it runs no more), or not ours to look at. */
function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // After the name in parentheses, which may hold anything: state, parent.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state === 'Z' || state === 'X') return undefined
    return { pid, parent: Number(parent), environment: readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0') }
  } catch {
    return undefined
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
