import { cpus, totalmem } from 'node:os'

/** Where the figures were had: counts do not depend on it, times do. */
export const machine = () => ({
  cores: cpus().length,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
})
