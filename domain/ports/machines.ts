import type { Candidate } from '#domain/schedule/items/candidate'

/** What RunInstances is asked for one attempt. */
export type MachineRequest = {
  candidate: Candidate
  launchTemplate: { id: string; version: string }
  /** At most 64 characters; zonal when a subnet is given, so it is made of the candidate too. */
  clientToken: string
  /** Plain text, at most 16,384 bytes (EC2's limit before base64). */
  userData: string
  diskGiB: number
  /** `ami-…`, or `resolve:ssm:<parameter>`; absent: the launch template's. */
  image?: string
  /** Where that image has its root disk; absent: /dev/xvda. */
  rootDevice?: string
  tags: Record<string, string>
}

export type Machine = {
  instanceId: string
  state: string
  tags: Record<string, string>
  launchedAt: number
  /** EC2's code for why it is no longer running, such as `Server.InsufficientInstanceCapacity`. */
  stateReason?: string
}

/** EC2, as far as Mayfly uses it. Every method is one request. */
export type Machines = {
  /** @returns the instance id. @throws an error with EC2's code as `name`. */
  run(request: MachineRequest): Promise<string>
  /** An instance that does not exist counts as terminated. */
  terminate(instanceId: string): Promise<void>
  /** The instance that a client token has started, over or not; undefined: none, or EC2 does not show it yet. */
  byClientToken(clientToken: string): Promise<Machine | undefined>
  /** Undefined when EC2 does not know it, or does not show it yet. */
  find(instanceId: string): Promise<Machine | undefined>
  /** The latest that the instance wrote on its console, 64 KB at most; undefined: nothing yet, or no such instance. */
  console(instanceId: string): Promise<string | undefined>
  /** One page of the instances that carry the tag app=mayfly. */
  list(next?: string): Promise<{ machines: Machine[]; next?: string }>
}
