import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import {
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
  type Target,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge'
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Faults, Subject } from '#local/hypervisor/faults'
import type { Instance, InstanceState } from '#local/hypervisor/instance'
import { ownerId } from '#local/hypervisor/instance-xml'

export interface EventSender {
  /** Returns at once; the events of one instance arrive in order, unless a fault delays one. */
  send(instance: Instance, what: InstanceState | 'interruption'): void
  /** Ends what is under way; what a fault delays is dropped. */
  settled(): Promise<void>
}

interface Options {
  readonly emulatorUrl: string
  readonly region: string
  readonly faults: Pick<Faults, 'deliveries'>
  readonly log: (line: string) => void
}

/**
 * EC2's state changes and spot warnings. The emulator refuses PutEvents from `aws.*`, as AWS does, and has no
 * door for a service of ours, so that we do EventBridge's part: rules, pattern, targets. Queues only, whole events only.
 */
export function createEventSender(options: Options): EventSender {
  const client = { endpoint: options.emulatorUrl, region: options.region, credentials }
  const bridge = new EventBridgeClient(client)
  const queues = new SQSClient(client)
  const chains = new Map<string, Promise<void>>()

  const deliver = async (event: string) => {
    for (const rule of await rulesFor(bridge, event)) {
      // A rule has five targets at most: one page.
      const { Targets } = await bridge.send(new ListTargetsByRuleCommand({ Rule: rule.Name }))
      for (const target of Targets ?? []) await toTarget(queues, target, event, options.log)
    }
  }
  const tryToDeliver = async (event: string, what: string) => {
    for (const waitMs of [200, 1000, 3000]) {
      try {
        return await deliver(event)
      } catch (error) {
        options.log(`the event ${what} was not delivered, once more: ${String(error)}`)
        await pause(waitMs)
      }
    }
    options.log(`the event ${what} is lost`)
  }

  const late = new Set<NodeJS.Timeout>()
  const enqueue = (instanceId: string, event: string, what: string) => {
    const before = chains.get(instanceId) ?? Promise.resolve()
    const chain = before.then(() => tryToDeliver(event, what))
    chains.set(instanceId, chain)
    void chain.then(() => chains.get(instanceId) === chain && chains.delete(instanceId))
  }

  return {
    send(instance, what) {
      for (const delayMs of options.faults.deliveries(subjectOf(instance, what))) {
        // Each with an id of its own: the inbox drops a second one that is the same to the letter.
        const event = eventOf(instance.id, what, options.region)
        if (delayMs === 0) enqueue(instance.id, event, `${instance.id} ${what}`)
        else {
          const timer = setTimeout(() => {
            late.delete(timer)
            enqueue(instance.id, event, `${instance.id} ${what}, late`)
          }, delayMs)
          late.add(timer)
        }
      }
    },
    async settled() {
      for (const timer of late) clearTimeout(timer)
      await Promise.all(chains.values())
    },
  }
}

const subjectOf = (instance: Instance, state: string): Subject => ({
  source: 'ec2',
  instanceId: instance.id,
  tags: instance.tags,
  state,
})

/** No emulator looks at them. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** In the shapes of the EC2 user guide, "instance state-change events" and "spot instance interruption notices". */
function eventOf(instanceId: string, what: InstanceState | 'interruption', region: string): string {
  const isWarning = what === 'interruption'
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': isWarning ? 'EC2 Spot Instance Interruption Warning' : 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: ownerId,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region,
    resources: [`arn:aws:ec2:${region}:${ownerId}:instance/${instanceId}`],
    detail: { 'instance-id': instanceId, ...(isWarning ? { 'instance-action': 'terminate' } : { state: what }) },
  })
}

async function rulesFor(bridge: EventBridgeClient, event: string): Promise<Rule[]> {
  const matching: Rule[] = []
  let next: string | undefined
  do {
    const page = await bridge.send(new ListRulesCommand({ NextToken: next }))
    next = page.NextToken
    for (const rule of page.Rules ?? []) {
      // The cheap look first: most rules are for other sources.
      if (rule.State !== 'ENABLED' || !rule.EventPattern?.includes('aws.ec2')) continue
      const test = new TestEventPatternCommand({ EventPattern: rule.EventPattern, Event: event })
      if ((await bridge.send(test)).Result) matching.push(rule)
    }
  } while (next !== undefined)
  return matching
}

async function toTarget(queues: SQSClient, target: Target, event: string, log: Options['log']): Promise<void> {
  const [, , service, , , name] = (target.Arn ?? '').split(':')
  if (service !== 'sqs' || name === undefined || target.Input || target.InputPath || target.InputTransformer) {
    log(`no delivery to ${target.Arn}: only whole events to queues`)
    return
  }
  const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: name }))
  const MessageGroupId = target.SqsParameters?.MessageGroupId
  await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: event, ...(MessageGroupId && { MessageGroupId }) }))
}
