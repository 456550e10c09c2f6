import * as z from 'zod'
import { machineFields } from '#domain/policy/machine-fields'

/** What files up to a size get. What it leaves out is as the row says. */
const Shape = z.strictObject({
  /** The largest file that gets this shape, MiB; left out by the last shape, which takes any size. */
  upToMiB: z.int().min(1).max(10_000_000).optional(),
  ...z.strictObject(machineFields).partial().shape,
  instanceTypes: machineFields.instanceTypes,
})
export type Shape = z.infer<typeof Shape>

const orderProblem = (shapes: readonly Shape[]): string | undefined => {
  const limits = shapes.map(({ upToMiB = Number.POSITIVE_INFINITY }) => upToMiB)
  const at = limits.findIndex((limit, i) => i > 0 && limit <= (limits[i - 1] ?? 0))
  if (at > 0)
    return `shape ${at + 1} (upToMiB ${shapes[at]?.upToMiB ?? 'any size'}) must take larger files than shape ${at} (upToMiB ${shapes[at - 1]?.upToMiB ?? 'any size'})`
  const last = shapes.at(-1)
  return last?.upToMiB === undefined
    ? undefined
    : `files above ${last.upToMiB} MiB would have no shape: leave upToMiB out of the last one`
}

/** By file size, ascending; none: every file gets what the row says. */
export const Shapes = z
  .array(Shape)
  .max(10)
  .superRefine((shapes, context) => {
    const message = orderProblem(shapes)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
