import { readFileSync } from 'node:fs'

/** Peak resident memory of this process, MiB. Not `maxRSS`, in which Linux counts that of the process that started it. */
export const peakMiB = (): number => {
  const [, kiB] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  if (kiB === undefined) throw new Error('/proc/self/status has no VmHWM')
  return Math.round(Number(kiB) / 1024)
}
