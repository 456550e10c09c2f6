import { defaultLayout } from '#domain/csv/csv-layout'
import type { Policy } from '#domain/policy/policy'

/** For types that Mayfly knows nothing of. */
export const base: Policy = {
  priority: 100,
  enabled: true,
  pool: 'default',
  after: [],
  scope: 'payer',
  ordered: false,
  haltOnFailure: true,
  maxConcurrent: 10,
  graceSeconds: 120,
  quietSeconds: 0,
  laterClears: false,
  format: 'none',
  set: '837',
  guides: [],
  allowOtherSets: false,
  csv: defaultLayout,
  minMembers: 0,
  maxDropPercent: 100,
  allowWrongSe01: false,
  allowDuplicates: false,
  emptyIsUnsound: false,
  validateOn: 'lambda',
  instanceTypes: ['t3.small'],
  market: 'on-demand',
  onDemandAfter: 1,
  diskGiB: 20,
  maxRunMinutes: 60,
  bootMinutes: 10,
  hangMinutes: 6,
  attempts: 3,
  processor: 'none',
  tags: {},
  shapes: [],
  bootFailures: 5,
}

/** What holds where no row says otherwise. The two types that Mayfly is about are safe even with an empty table: claims never go before members. */
export const defaultPolicy: Record<string, Policy> = {
  '*': base,
  member: { ...base, ordered: true, format: 'x12', set: '834', processor: 'members' },
  claims: { ...base, after: [{ type: 'member', atLeast: 1 }], format: 'x12', set: '837', processor: 'claims' },
}
