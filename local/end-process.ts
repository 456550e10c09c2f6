import { setTimeout as pause } from 'node:timers/promises'
import { startTimeOf } from '#local/process-identity'

/** Asks the processes to end, and insists after `graceMs`. Returns when all of them are gone. */
export const endProcesses = async (pids: readonly number[], graceMs = 5_000): Promise<void> => {
  const insistAt = Date.now() + graceMs
  for (const pid of pids) send(pid, 'SIGTERM')
  for (let left = pids; ; await pause(50)) {
    left = await stillThere(left)
    if (left.length === 0) return
    if (Date.now() > insistAt) for (const pid of left) send(pid, 'SIGKILL')
  }
}

const send = (pid: number, signal: NodeJS.Signals) => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error // gone: what we wanted
  }
}

const stillThere = async (pids: readonly number[]) => {
  const started = await Promise.all(pids.map(startTimeOf))
  return pids.filter((_pid, index) => started[index] !== undefined)
}
