import { describe, expect, it } from 'vitest'
import { list, type Resource, record, resourcesOf, statementsOf, synthesise, template } from '#test/infra/template'

const of = (type: string): Resource[] => resourcesOf(template, type)
const types = [...new Set(resourcesOf(template).map(({ type }) => type))]
const refersTo = (value: unknown, id: string): boolean => JSON.stringify(value ?? '').includes(`"${id}"`)

describe('money', () => {
  it('nothing bills by the hour', () => {
    const free = of('AWS::EC2::VPCEndpoint').every(({ properties }) => properties['VpcEndpointType'] === 'Gateway')
    expect(free).toBe(true)
    const hourly =
      /NatGateway|::EIP|::Instance$|LoadBalancer|RDS|ElastiCache|OpenSearch|ECS|EKS|Kinesis::Stream|TransitGateway|VPNGateway|DAX|MSK|Redshift|SageMaker|ProvisionedConcurrency|CustomerGateway|::KMS::|::SecretsManager::/
    expect(types.filter((type) => hourly.test(type))).toEqual([])
    for (const { id, properties } of of('AWS::DynamoDB::Table')) {
      expect(properties['BillingMode'], id).toBe('PAY_PER_REQUEST')
      expect(properties, id).not.toHaveProperty('ProvisionedThroughput')
    }
    for (const { properties } of [
      ...of('AWS::Lambda::Function'),
      ...of('AWS::Lambda::Alias'),
      ...of('AWS::Lambda::Version'),
    ])
      expect(properties).not.toHaveProperty('ProvisionedConcurrencyConfig')
  })

  it('no custom resources, and no function but the six', () => {
    expect(
      types.filter((type) => type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource'),
    ).toEqual([])
    expect(of('AWS::Lambda::Function')).toHaveLength(6)
  })
})

describe('data', () => {
  const buckets = of('AWS::S3::Bucket')

  it.each(['journal/', 'console/'])('what lies below %s of the results bucket goes after a month', (Prefix) => {
    const [results] = buckets.filter(({ id }) => id.startsWith('bucketsresults'))
    const rules = list(record(results?.properties['LifecycleConfiguration'])['Rules'])
    const gone = { NoncurrentDays: 1 }
    expect(rules).toContainEqual(
      expect.objectContaining({ Prefix, Status: 'Enabled', ExpirationInDays: 30, NoncurrentVersionExpiration: gone }),
    )
  })

  it.each(buckets)('bucket $id is private, versioned, encrypted, and speaks TLS only', ({ id, properties }) => {
    expect(properties['VersioningConfiguration']).toEqual({ Status: 'Enabled' })
    expect(properties['PublicAccessBlockConfiguration']).toEqual({
      ...{ BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    })
    expect(properties['BucketEncryption']).toBeDefined()
    const statements = of('AWS::S3::BucketPolicy')
      .filter((policy) => refersTo(policy.properties['Bucket'], id))
      .flatMap((policy) => statementsOf(policy.properties['PolicyDocument']))
    const denied = statements.filter(({ effect, actions }) => effect === 'Deny' && actions.includes('s3:*'))
    expect(denied.map(({ conditions }) => conditions)).toContainEqual({ Bool: { 'aws:SecureTransport': 'false' } })
    expect(statements.filter(({ effect }) => effect === 'Allow')).toEqual([])
  })

  it('landing and results tell EventBridge, artifacts does not', () => {
    const telling = buckets.filter(({ properties }) =>
      Boolean(
        record(record(properties['NotificationConfiguration'])['EventBridgeConfiguration'])['EventBridgeEnabled'],
      ),
    )
    expect(buckets).toHaveLength(3)
    expect(telling.map(({ id }) => id.replace(/^buckets|[0-9A-F]{8}$/g, '')).sort()).toEqual(['landing', 'results'])
  })

  it('only the launcher may name the reader of a file', () => {
    const statements = of('AWS::S3::BucketPolicy').flatMap(({ properties }) =>
      statementsOf(properties['PolicyDocument']),
    )
    const [deny, ...more] = statements.filter(({ sid }) => sid === 'OnlyTheLauncherNamesReaders')
    expect(more).toEqual([])
    expect(deny).toMatchObject({ effect: 'Deny', actions: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'] })
    expect(JSON.stringify(deny?.conditions)).toMatch(/StringNotEquals.*aws:PrincipalArn.*stepslaunchrole/)
  })

  it('tables and buckets outlive the stack, unless destroyData says otherwise', () => {
    const policies = (destroyData: boolean) =>
      new Set(
        resourcesOf(destroyData ? synthesise({ destroyData }) : template)
          .filter(({ type }) => type === 'AWS::DynamoDB::Table' || type === 'AWS::S3::Bucket')
          .map(({ deletionPolicy }) => deletionPolicy),
      )
    expect([...policies(false)]).toEqual(['Retain'])
    expect([...policies(true)]).toEqual(['Delete'])
  }, 120_000)
})
