import fc from 'fast-check'
import { CsvLayout } from '#domain/csv/csv-layout'
import { instanceTypes } from '#domain/policy/instance-types'
import type { Policy, PolicyRow } from '#domain/policy/policy'

/** Names that every JavaScript object answers to are among them. */
export const payers = ['acme', 'bolt', 'constructor'] as const
export const types = ['member', 'claims', 'provider', 'remit', 'toString'] as const

const requirement = fc.record({ type: fc.constantFrom(...types), atLeast: fc.nat(3) })

/** Every field of a policy, with values that differ often. */
const fields: { [K in keyof Policy]-?: fc.Arbitrary<NonNullable<Policy[K]>> } = {
  priority: fc.nat(1000),
  enabled: fc.boolean(),
  pool: fc.constantFrom('default', 'p', 'q'),
  after: fc.array(requirement, { maxLength: 2 }),
  scope: fc.constantFrom('payer', 'cycle'),
  ordered: fc.boolean(),
  haltOnFailure: fc.boolean(),
  maxConcurrent: fc.integer({ min: 1, max: 10_000 }),
  graceSeconds: fc.nat(86_400),
  quietSeconds: fc.nat(86_400),
  laterClears: fc.boolean(),
  format: fc.constantFrom('x12', 'csv', 'ndjson', 'none'),
  set: fc.constantFrom('820', '834', '835', '837'),
  guides: fc.constantFrom([], ['005010X220']),
  allowOtherSets: fc.boolean(),
  csv: fc.constantFrom(CsvLayout.parse({}), CsvLayout.parse({ delimiter: '|', columns: ['id'] })),
  minMembers: fc.nat(),
  maxDropPercent: fc.nat(100),
  allowWrongSe01: fc.boolean(),
  allowDuplicates: fc.boolean(),
  emptyIsUnsound: fc.boolean(),
  validateOn: fc.constantFrom('lambda', 'instance'),
  instanceTypes: fc.array(fc.constantFrom(...Object.keys(instanceTypes)), { minLength: 1, maxLength: 3 }),
  market: fc.constantFrom('spot', 'on-demand'),
  onDemandAfter: fc.nat(10),
  diskGiB: fc.integer({ min: 8, max: 16_384 }),
  maxRunMinutes: fc.integer({ min: 1, max: 10_080 }),
  bootMinutes: fc.integer({ min: 1, max: 60 }),
  hangMinutes: fc.integer({ min: 1, max: 1440 }),
  attempts: fc.integer({ min: 1, max: 10 }),
  processor: fc.constantFrom('none', 'claims', `claims@${'a'.repeat(64)}`),
  tags: fc.constantFrom<Record<string, string>[]>({}, { CostCentre: '42' }),
  image: fc.constantFrom('ami-0123456789abcdef0', '/mayfly/images/hardened'),
  rootDevice: fc.constantFrom('/dev/xvda', '/dev/sda1'),
  shapes: fc.constantFrom([], [{ upToMiB: 10, instanceTypes: ['t3a.nano'] }, { instanceTypes: ['m7i.large'] }]),
  bootFailures: fc.integer({ min: 1, max: 100 }),
  dailyBudgetUsd: fc.integer({ min: 1, max: 1000 }),
}

const rowOf = (some: fc.Arbitrary<Partial<Policy>>): fc.Arbitrary<PolicyRow> =>
  fc
    .tuple(fc.constantFrom('*', ...payers), fc.constantFrom('*', ...types), some)
    .map(([payerId, fileType, said]): PolicyRow => ({ payerId, fileType, ...said }))

const key = ({ payerId, fileType }: PolicyRow) => `${payerId}/${fileType}`
const table = (row: fc.Arbitrary<PolicyRow>, maxLength: number) => fc.uniqueArray(row, { selector: key, maxLength })

/** A table `payer-priority`: at most one row a (payer, type), each with some of the fields. */
export const policyTable = table(rowOf(fc.record(fields, { requiredKeys: [], noNullPrototype: true })), 8)

/** A table of which only the gates matter. */
export const gateTable = table(
  rowOf(fc.record({ after: fields.after }, { requiredKeys: [], noNullPrototype: true })),
  10,
)

export const payer = fc.constantFrom(...payers)
export const type = fc.constantFrom(...types)
