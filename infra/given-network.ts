import * as z from 'zod'

const id = (kind: string) =>
  z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `is not an id like ${kind}-0123456789abcdef0`)

/**
 * A VPC that the operator has already. Its S3 gateway endpoint is named, or the route tables to which ours is to be added
 * (a route table takes one S3 gateway endpoint only).
 */
export const GivenNetwork = z
  .strictObject({
    vpcId: id('vpc'),
    subnetIds: z.array(id('subnet')).min(1),
    routeTableIds: z.array(id('rtb')).min(1).optional(),
    endpointId: id('vpce').optional(),
    /** S3's managed prefix list: narrows HTTPS to it where the subnets' route tables lead elsewhere too. */
    prefixListId: id('pl').optional(),
  })
  .refine(({ routeTableIds, endpointId }) => (routeTableIds === undefined) !== (endpointId === undefined), {
    error: 'needs either routeTableIds, to which an S3 gateway endpoint is added, or the endpointId of the one it has',
  })
export type GivenNetwork = z.infer<typeof GivenNetwork>
