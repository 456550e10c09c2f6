import type { Config, Problem, Read } from '#cli/rows/check-config'
import { instanceTypes as known, needOf } from '#domain/policy/instance-types'
import type { MachinePolicy } from '#domain/policy/machine-fields'
import { machineFor } from '#domain/policy/machine-for'
import { isKnownType, mergePolicy } from '#domain/policy/merge'
import type { Policy, PolicyRow } from '#domain/policy/policy'
import type { PoolRow } from '#domain/policy/pool'
import { provenanceOf } from '#domain/policy/provenance'

type Pools = { readonly known: readonly PoolRow[]; readonly named: readonly unknown[] }
type Found = { readonly field: keyof Policy; readonly problem: string }

/**
 * What is wrong only when rows come together, looked for in the policy of every payer and type that a row names; each
 * problem stands at the row that the field comes from.
 */
export const checkPolicies = (
  good: readonly Read<PolicyRow>[],
  pools: Pools,
  { hasProcessor, architecturesOf = () => undefined, onAws = false }: Omit<Config, 'payers' | 'pools'>,
): Problem[] => {
  const rows = good.map(({ row }) => row)
  const payers = [...new Set(rows.map(({ payerId }) => payerId))].filter((payer) => payer !== '*').sort()
  return payers.flatMap((payer) =>
    typesOf(rows, payer).flatMap((type) => {
      const policy = mergePolicy(rows, payer, type)
      const from = provenanceOf(rows, payer, type)
      const whereOf = (field: string): string => {
        const source = from.find((each) => each.field === field)?.from ?? ''
        return good.find(({ row }) => `${row.payerId}/${row.fileType}` === source)?.where ?? `no row (${source})`
      }
      const found: Found[] = [
        ...machinesOf(policy).flatMap((machine) => inPool({ ...machine, pool: policy.pool }, pools)),
        ...policy.after.flatMap(({ type: required }): Found[] =>
          isKnownType(rows, payer, required)
            ? []
            : [{ field: 'after', problem: `no row names file type ${required}, so no file of it can open the gate` }],
        ),
        ...(onAws ? hasty(policy) : []),
        ...machinesOf(policy).flatMap((machine) =>
          hasProcessor(machine.processor)
            ? unfit(machine, architecturesOf(machine.processor))
            : [neverPushed(machine, type)],
        ),
      ]
      return found.map(({ field, problem }) => ({ where: whereOf(field), field, problem }))
    }),
  )
}

/** The types that everybody has, and those that a row names. */
const typesOf = (rows: readonly PolicyRow[], payer: string): string[] => {
  const own = rows.filter(({ payerId }) => payerId === '*' || payerId === payer).map(({ fileType }) => fileType)
  return [...new Set(['member', 'claims', ...own])].filter((type) => type !== '*').sort()
}

/** What files of each size get. */
const machinesOf = (policy: Policy): MachinePolicy[] =>
  policy.shapes.length === 0
    ? [policy]
    : policy.shapes.map(({ upToMiB = Number.POSITIVE_INFINITY }) => machineFor(policy, upToMiB * 1024 * 1024))

/** S3 announces usually within seconds, sometimes after a minute or more (aws-facts). */
const LEAST_GRACE_SECONDS = 60

const hasty = ({ after, graceSeconds }: Policy): Found[] =>
  after.length === 0 || graceSeconds >= LEAST_GRACE_SECONDS
    ? []
    : [
        {
          field: 'graceSeconds',
          problem: `it is ${graceSeconds}; S3 may announce a ${after[0]?.type} file a minute after it landed, and files of this type could pass it: ${LEAST_GRACE_SECONDS} at least, 120 where no row says anything`,
        },
      ]

const unfit = ({ instanceTypes, processor }: MachinePolicy, architectures: readonly string[] | undefined): Found[] => {
  const wrong = instanceTypes.filter(
    (type) => !(architectures ?? [architectureOf(type)]).includes(architectureOf(type)),
  )
  if (wrong.length === 0) return []
  const runsOn = `processor ${processor} runs on ${architectures?.join(', ')}`
  return [
    {
      field: 'instanceTypes',
      problem: `${runsOn}; ${wrong.map((type) => `${type} is ${architectureOf(type)}`).join(', ')}`,
    },
  ]
}

const architectureOf = (type: string): string => known[type]?.architecture ?? ''

const inPool = ({ pool, instanceTypes }: MachinePolicy & { pool: string }, { known, named }: Pools): Found[] => {
  const row = known.find((each) => each.pool === pool)
  if (!row) {
    if (named.includes(pool)) return []
    return [{ field: 'pool', problem: `no pool ${pool}; there are: ${named.join(', ') || 'none'}` }]
  }
  const need = needOf(instanceTypes)
  if (need.vcpus <= row.maxVcpus && need.instances <= row.maxInstances) return []
  return [
    {
      field: 'instanceTypes',
      problem:
        `never fits: the largest of ${instanceTypes.join(', ')} takes ${need.vcpus} vCPUs and ${need.instances} instance; ` +
        `pool ${pool} has ${row.maxVcpus} and ${row.maxInstances} in all`,
    },
  ]
}

const neverPushed = ({ processor }: MachinePolicy, type: string): Found => ({
  field: 'processor',
  problem: processor.startsWith('s3://')
    ? `nothing lies at ${processor.split('@')[0]}, or that is not the artifacts bucket; instances read no other`
    : processor === 'none'
      ? `files of type ${type} have no processor; name a pushed one`
      : `processor ${processor} was never pushed; run: mayfly processors push ${processor.split('@')[0]}`,
})
