import { memoryWorld } from '#test/support/memory-world'

/** A payer without a grace period and a pool for `instances` machines of two vCPUs. */
export const acme = (instances = 2, rows: unknown[] = []) =>
  memoryWorld({
    rows: [{ payerId: 'acme', fileType: '*', pool: 'p', graceSeconds: 0 }, ...rows],
    pools: [{ pool: 'p', maxVcpus: 2 * instances, maxInstances: instances }],
  })
