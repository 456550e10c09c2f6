import * as z from 'zod'

/** EC2's states and their codes (API reference, InstanceState). */
export const stateCodes = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
} as const
export type InstanceState = keyof typeof stateCodes

/** What is known of one instance, on disk as well. A record is never changed, only replaced. */
export const Instance = z.strictObject({
  id: z.string(),
  reservationId: z.string(),
  index: z.int(),
  clientToken: z.string().optional(),
  /** Of all parameters but the token: the same token with another hash is IdempotentParameterMismatch. */
  requestHash: z.string(),
  state: z.enum(['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']),
  stateReason: z.strictObject({ code: z.string(), message: z.string() }).optional(),
  transitionReason: z.string(),
  launchedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  /** When it first planned or cancelled a shutdown: the startup script's first line. */
  armedAt: z.iso.datetime().optional(),
  /** Until then EC2 does not know it: reads lag behind launches. */
  hiddenUntil: z.iso.datetime().optional(),
  /** When EC2 takes this spot machine back, once it has said so. */
  interruptedAt: z.iso.datetime().optional(),
  imageId: z.string(),
  instanceType: z.string(),
  zone: z.string(),
  subnetId: z.string().optional(),
  vpcId: z.string().optional(),
  securityGroupIds: z.array(z.string()),
  profileArn: z.string().optional(),
  profileName: z.string().optional(),
  spot: z.boolean(),
  shutdownBehavior: z.enum(['stop', 'terminate']),
  tags: z.record(z.string(), z.string()),
  /** Base64, as it came. */
  userData: z.string(),
})
export type Instance = z.infer<typeof Instance>

/** Terminated instances stay visible for about an hour, as on EC2; new ones may not be visible yet. */
export function isVisible(instance: Instance, now: number): boolean {
  if (instance.hiddenUntil !== undefined && now < Date.parse(instance.hiddenUntil)) return false
  return instance.endedAt === undefined || now - Date.parse(instance.endedAt) < 3_600_000
}
