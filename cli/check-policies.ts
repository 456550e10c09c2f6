import type { Config, Problem, Read } from '#cli/check-config'
import { needOf } from '#domain/policy/instance-types'
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
  hasProcessor: Config['hasProcessor'],
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
        ...inPool(policy, pools),
        ...policy.after.flatMap(({ type: required }): Found[] =>
          isKnownType(rows, payer, required)
            ? []
            : [{ field: 'after', problem: `no row names file type ${required}, so no file of it can open the gate` }],
        ),
        ...(hasProcessor(policy.processor) ? [] : [neverPushed(policy, type)]),
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

const inPool = ({ pool, instanceTypes }: Policy, { known, named }: Pools): Found[] => {
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

const neverPushed = ({ processor }: Policy, type: string): Found => ({
  field: 'processor',
  problem:
    processor === 'none'
      ? `files of type ${type} have no processor; name a pushed one`
      : `processor ${processor} was never pushed; run: mayfly processors push ${processor.split('@')[0]}`,
})
