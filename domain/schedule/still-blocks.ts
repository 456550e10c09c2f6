import type { Job } from '#domain/schedule/items/job'

/**
 * It ended badly and nobody has cleared it. Jobs of the first version do not say so themselves (`blocks` came later): of
 * those, a bad end blocks wherever their scope still names them.
 */
export const stillBlocks = ({ status, blocks }: Job): boolean =>
  blocks ?? (status === 'failed' || status === 'rejected')
