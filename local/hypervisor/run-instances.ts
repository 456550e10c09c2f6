import { randomBytes } from 'node:crypto'
import type { EC2Client } from '@aws-sdk/client-ec2'
import { AnswerLost, Ec2Error } from '#local/hypervisor/ec2-error'
import type { Faults, Subject } from '#local/hypervisor/faults'
import type { Instance } from '#local/hypervisor/instance'
import type { InstanceStore } from '#local/hypervisor/instance-store'
import { instanceXml, ownerId } from '#local/hypervisor/instance-xml'
import { type LaunchParameters, launchParameters } from '#local/hypervisor/launch-parameters'
import type { Lifecycle } from '#local/hypervisor/lifecycle'
import { mishapsOf } from '#local/hypervisor/mishaps'
import type { Query } from '#local/hypervisor/query'
import type { Xml } from '#local/hypervisor/xml'

export interface RunContext {
  readonly store: InstanceStore
  readonly lifecycle: Lifecycle
  readonly faults: Faults
  readonly emulator: EC2Client
  readonly region: string
  readonly bootDelayMs: number
}

/** RunInstances. The same token, in the same zone, gives the same instances, even after their end. */
export async function runInstances(query: Query, context: RunContext): Promise<{ readonly [tag: string]: Xml }> {
  const count = Number(query.get('MaxCount') ?? 1)
  if (!(count >= 1 && count <= 100))
    throw new Ec2Error('InvalidParameterValue', `MaxCount is ${count}; 1 to 100 is right`)
  const parameters = await launchParameters(query, context.emulator, context.region)
  // From here on nothing waits: two calls with one token cannot both find it unused.
  const known = withToken(parameters, context.store)
  const instances = known.length > 0 ? known : launch(parameters, count, context)
  if (context.faults.take('lose-answer', { ...subjectOf(parameters), instanceId: instances[0]?.id }))
    throw new AnswerLost('RunInstances')
  return {
    reservationId: instances[0]?.reservationId,
    ownerId,
    groupSet: [],
    instancesSet: instances.map(instanceXml),
  }
}

/** Tokens count in their zone: the same one elsewhere launches a second machine, as on EC2. */
function withToken(parameters: LaunchParameters, store: InstanceStore): Instance[] {
  const { clientToken, zone, requestHash } = parameters
  if (clientToken === undefined) return []
  const known = store.all().filter((it) => it.clientToken === clientToken && it.zone === zone)
  if (known.some((it) => it.requestHash !== requestHash)) {
    const message = 'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).'
    throw new Ec2Error('IdempotentParameterMismatch', message)
  }
  return known
}

function launch(parameters: LaunchParameters, count: number, context: RunContext): Instance[] {
  const { instanceType, zone } = parameters
  const { faults } = context
  const subject = subjectOf(parameters)
  if (faults.take('vcpu-limit', subject)) {
    const message =
      'You have requested more vCPU capacity than your current vCPU limit of 5 allows for this instance type.'
    throw new Ec2Error('VcpuLimitExceeded', message)
  }
  if (faults.take('insufficient-capacity', subject)) {
    const message = `We currently do not have sufficient ${instanceType} capacity in the Availability Zone you requested (${zone}).`
    throw new Ec2Error('InsufficientInstanceCapacity', message, 500)
  }
  const reservationId = `r-${hex()}`
  const launchedAt = new Date().toISOString()
  return Array.from({ length: count }, (_, index) => {
    const id = `i-${hex()}`
    const lag = faults.take('describe-lag', { ...subject, instanceId: id })
    const instance: Instance = {
      ...parameters,
      id,
      reservationId,
      index,
      state: 'pending',
      transitionReason: '',
      launchedAt,
      ...(lag && { hiddenUntil: new Date(Date.parse(launchedAt) + lag.seconds * 1000).toISOString() }),
    }
    const slow = faults.take('slow-boot', { ...subject, instanceId: id })
    const delayMs = context.bootDelayMs + (slow?.seconds ?? 0) * 1000
    context.lifecycle.launch(instance, delayMs, mishapsOf({ ...subject, instanceId: id }, faults))
    return instance
  })
}

const subjectOf = ({ instanceType, zone, spot, tags }: LaunchParameters): Subject => ({
  instanceType,
  zone,
  market: spot ? 'spot' : 'on-demand',
  tags,
})

const hex = (): string => randomBytes(9).toString('hex').slice(0, 17)
