import { list, type Resource, type Rule, record, refersTo, type Violation } from '#infra/rules/resource'

const ofType = (resources: readonly Resource[], type: string): Resource[] =>
  resources.filter((resource) => resource.type === type)

/** EventBridge and Scheduler keep what they cannot deliver, in a queue of the target. */
const targets = (resources: readonly Resource[]): Violation[] =>
  [
    ...ofType(resources, 'AWS::Events::Rule').map(({ id, properties }) => ({ id, all: list(properties['Targets']) })),
    ...ofType(resources, 'AWS::Scheduler::Schedule').map(({ id, properties }) => ({
      id,
      all: list(properties['Target']),
    })),
  ]
    .filter(({ all }) => all.some((target) => record(record(target)['DeadLetterConfig'])['Arn'] === undefined))
    .map(({ id }) => ({ id, sentence: 'A target of it has no DeadLetterConfig: what cannot be delivered is dropped.' }))

/** Functions that EventBridge or Scheduler start are not waited for: Lambda keeps their failures, or nobody does. */
const asynchronous = (resources: readonly Resource[]): Violation[] => {
  const named = resources
    .filter(({ type }) => type === 'AWS::Events::Rule' || type === 'AWS::Scheduler::Schedule')
    .flatMap(({ properties }) => [...list(properties['Targets']), ...list(properties['Target'])])
  const kept = ofType(resources, 'AWS::Lambda::EventInvokeConfig').filter(
    ({ properties }) => record(record(properties['DestinationConfig'])['OnFailure'])['Destination'] !== undefined,
  )
  return ofType(resources, 'AWS::Lambda::Function')
    .filter(({ id }) => named.some((target) => refersTo(record(target)['Arn'], id)))
    .filter(({ id, properties }) => {
      const onFailure = kept.some((config) => refersTo(config.properties['FunctionName'], id))
      return !onFailure && properties['DeadLetterConfig'] === undefined
    })
    .map(({ id }) => ({ id, sentence: 'It is started asynchronously and has no on-failure destination.' }))
}

/** A poison record must not block its shard, nor a poison message its queue. */
const sources = (resources: readonly Resource[]): Violation[] =>
  ofType(resources, 'AWS::Lambda::EventSourceMapping').flatMap(({ id, properties }) => {
    const queue = ofType(resources, 'AWS::SQS::Queue').find((one) => refersTo(properties['EventSourceArn'], one.id))
    if (queue)
      return queue.properties['RedrivePolicy'] === undefined
        ? [
            {
              id: queue.id,
              sentence: 'A function reads it and it has no RedrivePolicy: a poison message comes for ever.',
            },
          ]
        : []
    const kept = record(record(properties['DestinationConfig'])['OnFailure'])['Destination'] !== undefined
    const bounded =
      Number(properties['MaximumRetryAttempts'] ?? -1) >= 0 && properties['BisectBatchOnFunctionError'] === true
    return kept && bounded
      ? []
      : [
          {
            id,
            sentence:
              'A poison record can block its shard: it needs bounded retries, bisection and an on-failure destination.',
          },
        ]
  })

/** Everything that names the queue as the place for what failed. */
const isDeadLetterQueue = (resources: readonly Resource[], { id }: Resource): boolean =>
  resources.some(({ properties }) =>
    [
      properties['RedrivePolicy'],
      properties['DeadLetterConfig'],
      record(properties['DestinationConfig'])['OnFailure'],
      ...list(properties['Targets']).map((target) => record(target)['DeadLetterConfig']),
      record(properties['Target'])['DeadLetterConfig'],
    ].some((where) => refersTo(where, id)),
  )

const silent = (resources: readonly Resource[]): Violation[] =>
  ofType(resources, 'AWS::SQS::Queue')
    .filter((queue) => isDeadLetterQueue(resources, queue))
    .filter(
      ({ id }) =>
        !ofType(resources, 'AWS::CloudWatch::Alarm').some(
          ({ properties }) =>
            properties['MetricName'] === 'ApproximateNumberOfMessagesVisible' && refersTo(properties['Dimensions'], id),
        ),
    )
    .map(({ id }) => ({ id, sentence: 'It keeps what failed and no alarm watches whether something lies in it.' }))

/** Every asynchronous edge keeps what it cannot do, and somebody hears of it. */
export const deadLetters: Rule = (resources) =>
  [targets, asynchronous, sources, silent].flatMap((rule) => rule(resources))
