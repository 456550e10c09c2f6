import { readFileSync } from 'node:fs'
import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { AwsSolutionsChecks, HIPAASecurityChecks } from 'cdk-nag'
import { describe, expect, it } from 'vitest'
import { Environment } from '#config/environments/environment'
import { environmentNames, loadEnvironment, NoSuchEnvironment } from '#config/environments/load-environment'
import { schemaText } from '#config/environments/write-schema'
import { brokenRules, readRunbook } from '#infra/house-rules'
import { MayflyStack } from '#infra/mayfly-stack'
import { resourcesOf as allResources } from '#infra/rules/resource'
import { appOfTheCdk, list, record, resourcesOf, statementsOf, template } from '#test/infra/template'

const stackOf = (environment: Environment) => {
  const app = appOfTheCdk()
  const options = { emulator: false, destroyData: environment.data === 'destroy', owner: environment.owner }
  return { app, stack: new MayflyStack(app, 'Mayfly', { ...options, environment }) }
}

describe('config/environments', () => {
  it('has dev and prod, and each is in order', () => {
    expect(environmentNames()).toEqual(['dev', 'prod'])
    for (const name of environmentNames()) expect(loadEnvironment(name).owner).not.toBe('')
  })

  it('the schema that editors read is the one that is checked', () => {
    const path = new URL('../../config/environments/environment.schema.json', import.meta.url)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(schemaText()))
  })

  it.each([
    [{ region: 'Virginia' }, /us-east-1/],
    [{ account: '123' }, /12 digits/],
    [{ logDays: 100 }, /Invalid/],
    [{ encryption: 'none' }, /Invalid/],
    [{ alarms: { emails: ['on call'] } }, /e-mail/],
    [{ permissionsBoundary: 'boundary' }, /ARN/],
    [{ monthlyBudgetUsd: -1 }, /Too small/],
    [{ retention: 5 }, /Unrecognized/],
    [{ network: { vpcId: 'vpc-12345678', subnetIds: ['subnet-12345678'] } }, /routeTableIds/],
  ])('refuses %j', (raw, says) => {
    const read = Environment.safeParse(raw)
    expect(read.success).toBe(false)
    expect(JSON.stringify(read.error?.issues)).toMatch(says)
  })

  it.each(['nowhere', '../payers/acme'])('%s is none of them', (name) => {
    expect(() => loadEnvironment(name)).toThrow(NoSuchEnvironment)
  })
})

describe('prod', () => {
  const environment = loadEnvironment('prod')
  const { app, stack } = stackOf({
    ...environment,
    ...{ account: '123456789012', region: 'us-east-2', tracing: true },
    permissionsBoundary: 'arn:aws:iam::123456789012:policy/bounds',
    alarms: { ...environment.alarms, emails: ['on-call@example.org'] },
  })
  const prod = Template.fromStack(stack)
  const of = (type: string) => resourcesOf(prod, type)
  const [key] = of('AWS::KMS::Key')
  const usesKey = (value: unknown) => expect(JSON.stringify(value)).toContain(`"${key?.id}"`)

  it.each([
    ['AwsSolutions', new AwsSolutionsChecks()],
    ['HIPAA Security', new HIPAASecurityChecks()],
  ] as const)('cdk-nag’s pack %s finds nothing that is not explained', (_, pack) => {
    expect(pack.validateScope(app)).toMatchObject({ success: true, violations: [] })
  })

  it('keeps our own rules', () => {
    expect(brokenRules(allResources(prod.toJSON()), readRunbook())).toEqual([])
  })

  it('is protected: the stack, the tables, the data, the key', () => {
    expect(stack.terminationProtection).toBe(true)
    for (const { properties } of of('AWS::DynamoDB::Table')) expect(properties['DeletionProtectionEnabled']).toBe(true)
    const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::Logs::LogGroup'].flatMap(of)
    expect(new Set(kept.map(({ deletionPolicy }) => deletionPolicy))).toEqual(new Set(['Retain']))
  })

  it('encrypts everything at rest with a key of its own, rotated', () => {
    expect(key?.properties['EnableKeyRotation']).toBe(true)
    for (const { properties } of of('AWS::DynamoDB::Table')) usesKey(properties['SSESpecification'])
    for (const { properties } of of('AWS::SQS::Queue')) usesKey(properties['KmsMasterKeyId'])
    for (const { properties } of of('AWS::SNS::Topic')) usesKey(properties['KmsMasterKeyId'])
    for (const { properties } of of('AWS::Logs::LogGroup')) usesKey(properties['KmsKeyId'])
    const buckets = of('AWS::S3::Bucket').filter(({ id }) => !id.includes('accesslogs'))
    expect(buckets).toHaveLength(3)
    for (const { properties } of buckets) usesKey(properties['BucketEncryption'])
  })

  it('whoever works with the data may use the key; its own policy names services of this account only', () => {
    const using = of('AWS::IAM::Policy').filter(({ properties }) =>
      statementsOf(properties['PolicyDocument']).some(({ actions }) => actions.includes('kms:Decrypt')),
    )
    const roles = using.flatMap(({ properties }) => list(properties['Roles'])).map((role) => JSON.stringify(role))
    for (const who of [
      'schedule',
      'validate',
      'launch',
      'progress',
      'reconfigure',
      'sweep',
      'instancerole',
      'payerfilemachine',
      // Ticks that cannot be delivered go to a queue that the key encrypts, as this role.
      'eventsclock',
    ])
      expect(
        roles.some((role) => role.includes(who)),
        who,
      ).toBe(true)
    const services = statementsOf(key?.properties['KeyPolicy']).filter(
      ({ principal }) => 'Service' in record(principal),
    )
    expect(services.length).toBeGreaterThan(2)
    for (const { principal, conditions } of services)
      expect(JSON.stringify(conditions), JSON.stringify(principal)).toMatch(/aws:SourceAccount|kms:EncryptionContext/)
  })

  it('keeps logs for six years, and access logs of every bucket', () => {
    for (const { id, properties } of of('AWS::Logs::LogGroup')) expect(properties['RetentionInDays'], id).toBe(2192)
    const logged = of('AWS::S3::Bucket').filter(({ properties }) => 'LoggingConfiguration' in properties)
    expect(logged).toHaveLength(3)
  })

  it('bounds every role, traces every function and the state machine, and tells people by e-mail', () => {
    for (const { id, properties } of of('AWS::IAM::Role'))
      expect(properties['PermissionsBoundary'], id).toBe('arn:aws:iam::123456789012:policy/bounds')
    for (const { id, properties } of of('AWS::Lambda::Function'))
      expect(properties['TracingConfig'], id).toEqual({ Mode: 'Active' })
    expect(of('AWS::StepFunctions::StateMachine')[0]?.properties['TracingConfiguration']).toEqual({ Enabled: true })
    expect(of('AWS::SNS::Subscription')[0]?.properties).toMatchObject({
      ...{ Protocol: 'email', Endpoint: 'on-call@example.org' },
    })
    const [budget] = of('AWS::Budgets::Budget')
    expect(record(record(budget?.properties)['Budget'])).toMatchObject({ BudgetLimit: { Amount: 3000, Unit: 'USD' } })
  })

  it('asks no account while it is synthesised, and makes the same resources as everywhere', () => {
    expect(JSON.stringify(prod.toJSON())).not.toContain('dummy')
    expect(app.node.tryGetContext('availability-zones')).toBeUndefined()
    const idsOf = (each: Template) => new Set(resourcesOf(each).map(({ id }) => id))
    const missing = [...idsOf(template)].filter((id) => !idsOf(prod).has(id))
    expect(missing).toEqual([])
  })
})

it.each([
  [5, 5],
  [150, 150],
  [0, undefined],
])('launchesAtOnce %d reserves %s concurrent runs for launch, and none for any other', (launchesAtOnce, reserved) => {
  const { stack } = stackOf(Environment.parse({ launchesAtOnce }))
  const found = resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function').map(({ id, properties }) => [
    id.startsWith('stepslaunch'),
    properties['ReservedConcurrentExecutions'],
  ])
  expect(found.filter(([isLaunch]) => isLaunch)).toEqual([[true, reserved]])
  expect(new Set(found.filter(([isLaunch]) => !isLaunch).map(([, other]) => other))).toEqual(new Set([undefined]))
})

it('by default nothing bills that nobody asked for: no key, no access logs, no tracing, no budget', () => {
  const types = resourcesOf(template).map(({ type }) => type)
  for (const type of ['AWS::KMS::Key', 'AWS::SNS::Subscription', 'AWS::Budgets::Budget'])
    expect(types).not.toContain(type)
  expect(resourcesOf(template, 'AWS::S3::Bucket')).toHaveLength(3)
  for (const { properties } of resourcesOf(template, 'AWS::Lambda::Function'))
    expect(properties).not.toHaveProperty('TracingConfig')
})

it.each([
  ['AwsSolutions', new AwsSolutionsChecks(), 'AwsSolutions-S1'],
  ['HIPAA Security', new HIPAASecurityChecks(), 'HIPAA.Security-S3BucketLoggingEnabled'],
] as const)('%s says so when something is not explained', (_, pack, rule) => {
  const app = new App()
  new Bucket(new Stack(app, 'Bare'), 'bucket')
  const { success, violations } = pack.validateScope(app)
  expect(success).toBe(false)
  expect(violations.map(({ ruleName }) => ruleName)).toContain(rule)
})
