import type { Fault } from '#local/hypervisor/fault'
import type { LocalAws } from '#local/local-aws'

/** Asks the hypervisor for faults, from now on. @throws when it refuses one */
export const injectFaults = async ({ ec2Endpoint }: Pick<LocalAws, 'ec2Endpoint'>, faults: readonly Fault[]) => {
  const url = `${ec2Endpoint}/_hypervisor/faults`
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(faults) })
  if (!answer.ok) throw new Error(`the hypervisor refused the faults: ${await answer.text()}`)
}
