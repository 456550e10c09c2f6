import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * When a process started, in a form that only this process has, or undefined if there is no such process.
 * A pid alone proves nothing: the kernel gives it to somebody else. Linux: clock ticks since boot (field 22 of
 * /proc/<pid>/stat); elsewhere what `ps` calls lstart.
 */
export const startTimeOf = async (pid: number): Promise<string | undefined> => {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields && !'ZX'.includes(fields[0] ?? '') ? fields[19] : undefined
  }
  const listed = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined)
  return listed?.stdout.trim() || undefined
}

/** The processes whose environment holds `name=value`: found through /proc, so none where there is no /proc. */
export const processesMarked = async (name: string, value: string): Promise<number[]> => {
  const entries = await readdir('/proc').catch(() => [])
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number)
  const marked = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return environment.split('\0').includes(`${name}=${value}`)
    }),
  )
  return pids.filter((pid, index) => marked[index] && pid !== process.pid)
}
