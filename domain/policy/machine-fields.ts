import * as z from 'zod'
import { instanceTypes } from '#domain/policy/instance-types'

const InstanceType = z.string().refine((type) => Object.hasOwn(instanceTypes, type), {
  error: (issue) =>
    `unknown instance type ${JSON.stringify(issue.input)}; known: ${Object.keys(instanceTypes).join(', ')}`,
})

/** Tags that the launcher writes; rights and clean-up rest on them. */
const ours = ['Name', 'app', 'job', 'round', 'attempt', 'payer', 'type', 'Owner', 'TerminateAfter']

const TagKey = z
  .string()
  .regex(/^[\w.:/=+@ -]{1,128}$/, 'a tag key has 1 to 128 letters, digits, spaces or _ . : / = + - @')
  .refine((key) => !/^aws:/i.test(key), 'a tag key that begins with aws: belongs to AWS')
  .refine((key) => !ours.includes(key), `a tag of that name is written by Mayfly, as are: ${ours.join(', ')}`)

/** What a file gets to run on: said by a row for all files of its type, or by a shape for those up to a size. */
export const machineFields = {
  /** Tried in this order; the largest decides how many vCPUs the job takes from its pool. */
  instanceTypes: z.array(InstanceType).min(1).max(10),
  /** `spot`: on-demand follows when EC2 has no spot instance, or took back `onDemandAfter` of them in a round. */
  market: z.enum(['spot', 'on-demand']),
  onDemandAfter: z.int().min(0).max(10),
  diskGiB: z.int().min(8).max(16_384),
  /** The processor's time limit, minutes. */
  maxRunMinutes: z
    .int()
    .min(1)
    .max(7 * 24 * 60),
  /** From launch to the script's first sign of life, minutes; added to the machine's lease. */
  bootMinutes: z.int().min(1).max(60),
  /** An instance that lives but gets nowhere for so long is given up, minutes. */
  hangMinutes: z
    .int()
    .min(1)
    .max(24 * 60),
  /** Instances a round may use up. */
  attempts: z.int().min(1).max(10),
  /** A pushed processor: `name`, or `name@<sha256>` to pin one; or an archive in the artifacts bucket, by its hash. */
  processor: z
    .string()
    .regex(
      /^([a-z][a-z0-9-]*(@[0-9a-f]{64})?|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/processors\/[\w./-]{1,500}\.tar\.gz@[0-9a-f]{64})$/,
      'a processor is name, name@<sha256>, or s3://<artifacts bucket>/processors/<path>.tar.gz@<sha256>',
    ),
  /** On the instance and its disk, beside Mayfly's own; EC2 takes 50 in all. */
  tags: z
    .record(TagKey, z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= 40, 'at most 40 tags beside those that Mayfly writes'),
  /** An AMI, or the SSM parameter that names one; absent: Amazon Linux 2023 of the instance type's architecture. */
  image: z
    .string()
    .regex(
      /^(ami-([0-9a-f]{8}|[0-9a-f]{17})|\/(aws\/service|mayfly)\/[\w./-]{1,900})$/,
      'an image is ami-<8 or 17 hex digits>, or an SSM parameter below /aws/service/ or /mayfly/',
    )
    .optional(),
  /** Where `image` has its root disk; absent: `/dev/xvda`. Another name there makes a second disk, and the first stays small. */
  rootDevice: z
    .string()
    .regex(/^\/dev\/[a-z][a-z0-9]{2,15}$/, 'a root device is such as /dev/xvda or /dev/sda1')
    .optional(),
}

/** The part of a policy that decides about instances. */
export const MachinePolicy = z.object(machineFields)
export type MachinePolicy = z.infer<typeof MachinePolicy>
