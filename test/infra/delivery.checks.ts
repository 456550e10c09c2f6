import { describe, expect, it } from 'vitest'
import { list, type Resource, record, resourcesOf, template } from '#test/infra/template'

const of = (type: string): Resource[] => resourcesOf(template, type)
const refersTo = (value: unknown, id: string): boolean => JSON.stringify(value ?? '').includes(`"${id}"`)

describe('nothing is lost on the way', () => {
  const mappings = of('AWS::Lambda::EventSourceMapping')
  const [inbox, ...others] = of('AWS::SQS::Queue').filter(({ properties }) => 'RedrivePolicy' in properties)

  it('the inbox is one FIFO queue with a dead-letter queue of its kind, fourteen days long', () => {
    expect(others).toEqual([])
    expect(inbox?.properties).toMatchObject({
      ...{ FifoQueue: true, ContentBasedDeduplication: true, MessageRetentionPeriod: 1_209_600, VisibilityTimeout: 90 },
      ...{ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' },
      RedrivePolicy: { maxReceiveCount: 100 },
    })
    const dead = of('AWS::SQS::Queue').find(({ id }) => refersTo(inbox?.properties['RedrivePolicy'], id))
    expect(dead?.properties['FifoQueue']).toBe(true)
  })

  it('two schedulers at most, and one bad message does not fail its batch', () => {
    const [mapping] = mappings.filter(({ properties }) => refersTo(properties['EventSourceArn'], inbox?.id ?? '-'))
    expect(mapping?.properties).toMatchObject({
      ...{
        BatchSize: 10,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    })
  })

  it('records of a stream are tried a bounded number of times, halved, and kept when they fail', () => {
    const streams = mappings.filter(({ properties }) =>
      JSON.stringify(properties['EventSourceArn']).includes('StreamArn'),
    )
    expect(streams).toHaveLength(2)
    for (const { properties } of streams) {
      expect(properties).toMatchObject({ MaximumRetryAttempts: 10, BisectBatchOnFunctionError: true })
      expect(record(properties['DestinationConfig'])['OnFailure']).toBeDefined()
    }
  })

  it.each(of('AWS::Events::Rule'))('rule $id keeps what it cannot deliver', ({ properties }) => {
    for (const target of list(properties['Targets']).map(record)) expect(target['DeadLetterConfig']).toBeDefined()
  })

  it('files that land go before the end of their grace, facts go beside them', () => {
    const groups = of('AWS::Events::Rule').flatMap(({ id, properties }) =>
      list(properties['Targets'])
        .map((target) => record(record(target)['SqsParameters'])['MessageGroupId'])
        .filter((group) => group !== undefined)
        .map((group) => `${id.replace(/^events|[0-9A-F]{8}$/g, '')}: ${group}`),
    )
    expect(groups.sort()).toEqual([
      ...['executionended: facts', 'instance: facts', 'landed: landed', 'result: facts', 'spotwarning: facts'],
    ])
  })

  it('every Lambda has a log group of its own with an end', () => {
    const groups = of('AWS::Logs::LogGroup')
    for (const { id, properties } of groups) expect(properties['RetentionInDays'], id).toBeGreaterThan(0)
    for (const { id, properties } of of('AWS::Lambda::Function'))
      expect(
        groups.some((group) => refersTo(properties['LoggingConfig'], group.id)),
        id,
      ).toBe(true)
  })
})

it('the outputs are the ones that the command line reads', () => {
  expect(Object.keys(record(template.toJSON()['Outputs'])).sort()).toEqual([
    ...['ArtifactsBucket', 'CapacityPoolsTable', 'DeadQueueUrl', 'FailedRunsQueueUrl', 'InboxUrl', 'JobsTable'],
    ...['LandingBucket', 'PayerPriorityTable', 'ResultsBucket', 'ScheduleTable', 'StateMachineArn'],
    ...['UndeliveredQueueUrl', 'UnreadEditsQueueUrl'],
  ])
})
