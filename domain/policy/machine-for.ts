import { needOf } from '#domain/policy/instance-types'
import { MachinePolicy } from '#domain/policy/machine-fields'
import type { Policy } from '#domain/policy/policy'

const MIB = 1024 * 1024

/** What a file of that size, bytes, gets to run on: the first shape that takes it, over what the row says for all. */
export const machineFor = (policy: Policy, bytes: number): MachinePolicy => {
  const shape = policy.shapes.find(({ upToMiB = Number.POSITIVE_INFINITY }) => bytes <= upToMiB * MIB)
  return shape ? MachinePolicy.parse({ ...policy, ...shape }) : policy
}

/** What the file takes from its pool; of a file whose size is not known, what the largest would take. */
export const needFor = (policy: Policy, bytes: number | undefined): ReturnType<typeof needOf> =>
  bytes !== undefined || policy.shapes.length === 0
    ? needOf(machineFor(policy, bytes ?? 0).instanceTypes)
    : needOf(policy.shapes.flatMap(({ instanceTypes }) => instanceTypes))
