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
import type { InstanceState } from '#local/hypervisor/instance'
import { ownerId } from '#local/hypervisor/instance-xml'

export interface EventSender {
  /** Returns at once; the events of one instance arrive in order. */
  send(instanceId: string, state: InstanceState): void
  settled(): Promise<void>
}

interface Options {
  readonly emulatorUrl: string
  readonly region: string
  /** True when a fault wants this event lost. */
  readonly isLost: () => boolean
  readonly log: (line: string) => void
}

/**
 * EC2's "Instance State-change Notification". The emulator refuses PutEvents from `aws.*`, as AWS does, and has no
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

  return {
    send(instanceId, state) {
      if (options.isLost()) return
      const event = stateChange(instanceId, state, options.region)
      const before = chains.get(instanceId) ?? Promise.resolve()
      const chain = before.then(() => tryToDeliver(event, `${instanceId} ${state}`))
      chains.set(instanceId, chain)
      void chain.then(() => chains.get(instanceId) === chain && chains.delete(instanceId))
    },
    async settled() {
      await Promise.all(chains.values())
    },
  }
}

/** No emulator looks at them. */
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** In the shape of the EC2 user guide, "instance state-change events". */
function stateChange(instanceId: string, state: InstanceState, region: string): string {
  return JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: ownerId,
    time: new Date().toISOString().replace(/\.\d+/, ''),
    region,
    resources: [`arn:aws:ec2:${region}:${ownerId}:instance/${instanceId}`],
    detail: { 'instance-id': instanceId, state },
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
