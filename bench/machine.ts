import { cpus, loadavg, totalmem } from 'node:os'

/** Where the figures were had: counts do not depend on it, times do. */
export const machine = () => ({
  cores: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  /** Processes that want a core, mean of the last minute: above the number of cores, times are too long. */
  load: Math.round(10 * (loadavg()[0] ?? 0)) / 10,
  node: process.version,
})
