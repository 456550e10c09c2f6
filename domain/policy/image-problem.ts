import { instanceTypes } from '#domain/policy/instance-types'
import type { MachinePolicy } from '#domain/policy/machine-fields'
import { mergePolicy } from '#domain/policy/merge'
import type { Policy, PolicyRow } from '#domain/policy/policy'

const architecturesOf = (types: readonly string[]): string[] => [
  ...new Set(types.flatMap((type) => instanceTypes[type]?.architecture ?? [])),
]

/** Amazon's parameters end in the architecture; of an AMI, only that it has one is known. */
const wrongImage = (
  image: string | undefined,
  { instanceTypes: types }: Pick<MachinePolicy, 'instanceTypes'>,
): string | undefined => {
  if (image === undefined) return undefined
  const architectures = architecturesOf(types)
  if (architectures.length > 1)
    return `image ${image} is of one architecture; ${types.join(', ')} are of ${architectures.join(' and ')}`
  const [named] = /x86_64|arm64/.exec(image) ?? []
  return named === undefined || architectures.includes(named)
    ? undefined
    : `image ${image} is ${named}; ${types.join(', ')} are ${architectures.join(' and ')}`
}

const ofPolicy = (policy: Policy): string | undefined => {
  // With shapes, the types of the row itself start nothing.
  const machines = policy.shapes.length > 0 ? policy.shapes : [policy]
  for (const machine of machines) {
    const problem = wrongImage(machine.image ?? policy.image, machine)
    if (problem !== undefined) return problem
  }
  return undefined
}

/**
 * An image that instances of the named types cannot boot. Looked for on the merged rows of one payer: one row may name the
 * image and another the types. Undefined: none.
 */
export const imageProblem = (rows: readonly PolicyRow[], payerId: string): string | undefined => {
  if (!rows.some(({ image, shapes = [] }) => image !== undefined || shapes.some((shape) => shape.image !== undefined)))
    return undefined
  for (const type of [...new Set(rows.map(({ fileType }) => fileType))].sort()) {
    const problem = ofPolicy(mergePolicy(rows, payerId, type))
    if (problem !== undefined) return `${payerId}/${type}: ${problem}`
  }
  return undefined
}
