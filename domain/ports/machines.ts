import type { Candidate } from '#domain/schedule/items'

/** What RunInstances is asked for one attempt. */
export type MachineRequest = {
  candidate: Candidate
  launchTemplate: { id: string; version: string }
  /** At most 64 characters; zonal when a subnet is given, so it is made of the candidate too. */
  clientToken: string
  /** Plain text, at most 16,384 bytes (EC2's limit before base64). */
  userData: string
  diskGiB: number
  tags: Record<string, string>
}

export type Machine = { instanceId: string; state: string; tags: Record<string, string>; launchedAt: number }

/** EC2, as far as Mayfly uses it. Every method is one request. */
export type Machines = {
  /** @returns the instance id. @throws an error with EC2's code as `name`. */
  run(request: MachineRequest): Promise<string>
  /** An instance that does not exist counts as terminated. */
  terminate(instanceId: string): Promise<void>
  /** One page of the instances that carry the tag app=mayfly. */
  list(next?: string): Promise<{ machines: Machine[]; next?: string }>
}
