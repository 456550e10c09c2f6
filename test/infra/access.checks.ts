import { describe, expect, it } from 'vitest'
import type { Context } from '#test/infra/iam/matches'
import { idOf, principal } from '#test/infra/iam/principal'
import { ACCOUNT, REGION } from '#test/infra/iam/resolve'

const landing = `arn:aws:s3:::${idOf('AWS::S3::Bucket', 'bucketslanding')}`
const results = `arn:aws:s3:::${idOf('AWS::S3::Bucket', 'bucketsresults')}`
const artifacts = `arn:aws:s3:::${idOf('AWS::S3::Bucket', 'bucketsartifacts')}`
const vpce = idOf('AWS::EC2::VPCEndpoint', 'network')
const ME = 'AROAEXAMPLE:i-0123456789abcdef0'
const OTHER = 'AROAEXAMPLE:i-0fedcba9876543210'
const file = `${landing}/acme/claims/jan.837`
const tagged = (reader: string): Context => ({ 's3:ExistingObjectTag/mayfly-reader': reader })

describe('an instance', () => {
  const instance = principal('instancerole', { 'aws:userid': ME, 'aws:SourceVpce': vpce }, { throughEndpoint: true })
  it.each<[string, string, Context?]>([
    ['s3:GetObjectVersion', file, tagged(ME)],
    ['s3:GetObject', `${results}/runs/${ME}/in/manifest`],
    ['s3:GetObject', `${results}/runs/${ME}/in/member/members.ndjson`],
    ['s3:GetObject', `${artifacts}/processors/claims/${'0'.repeat(64)}.tar.gz`],
    ['s3:PutObject', `${results}/runs/${ME}/out/claims.ndjson`],
    ['s3:PutObject', `${results}/runs/${ME}/result.json`],
    ['s3:AbortMultipartUpload', `${results}/runs/${ME}/out/claims.ndjson`],
  ])('may %s %s', (action, resource, context) => expect(instance(action, resource, context)).toBe(true))

  it.each<[string, string, Context?]>([
    ['s3:GetObjectVersion', file],
    ['s3:GetObjectVersion', file, tagged(OTHER)],
    ['s3:GetObject', file, tagged(ME)],
    ['s3:GetObjectVersion', file, tagged('*')],
    ['s3:GetObjectTagging', file, tagged(ME)],
    ['s3:PutObject', file, tagged(ME)],
    ['s3:PutObject', `${landing}/acme/member/fake.834`],
    ['s3:DeleteObject', file, tagged(ME)],
    ['s3:PutObjectTagging', file, { 's3:RequestObjectTagKeys': ['mayfly-reader'] }],
    ['s3:PutObjectVersionTagging', file, { 's3:RequestObjectTagKeys': ['mayfly-reader'] }],
    ['s3:ListBucket', landing],
    ['s3:ListBucket', results],
    ['s3:GetObject', `${results}/runs/${OTHER}/in/manifest`],
    ['s3:GetObject', `${results}/runs/${OTHER}/out/claims.ndjson`],
    ['s3:GetObject', `${results}/runs/${ME}/out/claims.ndjson`],
    ['s3:GetObject', `${results}/journal/000000000001.json`],
    ['s3:PutObject', `${results}/runs/${OTHER}/result.json`],
    ['s3:PutObject', `${results}/runs/${ME}`],
    ['s3:PutObject', `${results}/reports/x.json`],
    ['s3:DeleteObject', `${results}/runs/${ME}/result.json`],
    ['s3:PutObject', `${artifacts}/processors/claims/latest.json`],
    ['s3:GetObject', 'arn:aws:s3:::somebody-elses/key'],
    ['s3:PutObject', 'arn:aws:s3:::somebody-elses/key'],
    ['sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/anything`],
    ['states:SendTaskSuccess', '*'],
    ['dynamodb:GetItem', `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/anything`],
    ['ec2:TerminateInstances', `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-0fedcba9876543210`],
    ['ssm:GetParameter', '*'],
  ])('may not %s %s', (action, resource, context) => expect(instance(action, resource, context)).toBe(false))

  it('its credentials are worth nothing elsewhere, nor without TLS', () => {
    const abroad = principal('instancerole', { 'aws:userid': ME }, { throughEndpoint: false })
    const strange = principal(
      'instancerole',
      { 'aws:userid': ME, 'aws:SourceVpce': 'vpce-x' },
      { throughEndpoint: false },
    )
    for (const who of [abroad, strange]) {
      expect(who('s3:GetObjectVersion', file, tagged(ME))).toBe(false)
      expect(who('s3:PutObject', `${results}/runs/${ME}/result.json`)).toBe(false)
      expect(who('s3:GetObject', `${artifacts}/processors/claims/x.tar.gz`)).toBe(false)
    }
    expect(instance('s3:GetObject', file, { ...tagged(ME), 'aws:SecureTransport': 'false' })).toBe(false)
  })

  it('through the endpoint, anonymous package downloads and nothing else that is not ours', () => {
    const anybody = principal('instancerole', { 'aws:userid': ME, 'aws:SourceVpce': vpce }, { throughEndpoint: true })
    expect(anybody('s3:PutObject', `arn:aws:s3:::al2023-repos-${REGION}-de612dc2/x`)).toBe(false)
  })
})

const ec2 = (resource: string): string => `arn:aws:ec2:${REGION}:${ACCOUNT}:${resource}`
const templateArn = ec2(`launch-template/${idOf('AWS::EC2::LaunchTemplate', 'instance')}`)
const profileArn = `arn:aws:iam::${ACCOUNT}:instance-profile/${idOf('AWS::IAM::InstanceProfile', 'instance')}`
const group = ec2(`security-group/${idOf('AWS::EC2::SecurityGroup', 'networkegress')}.GroupId`)
const subnet = ec2(`subnet/${idOf('AWS::EC2::Subnet', 'networkvpcisolatedSubnet1')}`)

describe('the scheduler', () => {
  const scheduler = principal('stepsschedulerole', {}, { throughEndpoint: false })
  const bus = `arn:aws:events:${REGION}:${ACCOUNT}:event-bus/default`
  const said = (source: string, type: string): Context => ({ 'events:source': source, 'events:detail-type': type })

  it.each<[string, string, Context, boolean]>([
    ['events:PutEvents', bus, said('mayfly', 'Payer File Done'), true],
    ['events:PutEvents', bus, said('billing', 'Payer File Done'), false],
    ['events:PutEvents', bus, said('mayfly', 'Object Created'), false],
    ['events:PutEvents', `${bus}-of-others`, said('mayfly', 'Payer File Done'), false],
    ['s3:PutObject', `${results}/done/acme/member/a.834.json`, {}, true],
    ['s3:GetObject', `${results}/done/acme/member/a.834.json`, {}, true],
    ['s3:PutObject', `${results}/runs/x/result.json`, {}, false],
  ])('%s on %s, %j: %s', (action, resource, context, may) => expect(scheduler(action, resource, context)).toBe(may))
})

describe('the launcher', () => {
  const launcher = principal('stepslaunchrole', {}, { throughEndpoint: false })
  const tags = { 'aws:RequestTag/app': 'mayfly', 'aws:RequestTag/Owner': 'me', 'aws:RequestTag/TerminateAfter': 'soon' }
  const instance: Context = {
    ...tags,
    'ec2:LaunchTemplate': templateArn,
    'ec2:InstanceProfile': profileArn,
    'ec2:InstanceType': 't3.small',
    'ec2:MetadataHttpTokens': 'required',
    'ec2:MetadataHttpPutResponseHopLimit': '1',
  }
  const volume: Context = { ...tags, 'ec2:LaunchTemplate': templateArn, 'ec2:Encrypted': 'true' }
  const card: Context = { 'ec2:LaunchTemplate': templateArn, 'ec2:Subnet': subnet }
  const without = (context: Context, key: string): Context =>
    Object.fromEntries(Object.entries(context).filter(([name]) => name !== key))
  const run = (resource: string, context?: Context): boolean => launcher('ec2:RunInstances', resource, context)

  it.each<[string, Context?]>([
    [ec2('instance/*'), instance],
    [ec2('volume/*'), volume],
    [ec2('network-interface/*'), card],
    [templateArn],
    [group],
    [subnet],
    [`arn:aws:ec2:${REGION}::image/ami-0123456789abcdef0`, { 'ec2:Owner': 'amazon' }],
    [ec2('spot-instances-request/*')],
  ])('may run what needs %s', (resource, context) => expect(run(resource, context)).toBe(true))

  it.each<[string, string, Context?]>([
    ['an instance without our tag', ec2('instance/*'), without(instance, 'aws:RequestTag/app')],
    ['an instance without an end', ec2('instance/*'), without(instance, 'aws:RequestTag/TerminateAfter')],
    ['an instance without an owner', ec2('instance/*'), without(instance, 'aws:RequestTag/Owner')],
    ['an instance with IMDSv1', ec2('instance/*'), { ...instance, 'ec2:MetadataHttpTokens': 'optional' }],
    ['metadata that can be forwarded', ec2('instance/*'), { ...instance, 'ec2:MetadataHttpPutResponseHopLimit': '2' }],
    ['an instance without the template', ec2('instance/*'), without(instance, 'ec2:LaunchTemplate')],
    ['another template', ec2('instance/*'), { ...instance, 'ec2:LaunchTemplate': ec2('launch-template/lt-x') }],
    ['another profile', ec2('instance/*'), { ...instance, 'ec2:InstanceProfile': `${profileArn}x` }],
    ['no profile', ec2('instance/*'), without(instance, 'ec2:InstanceProfile')],
    ['an unknown type', ec2('instance/*'), { ...instance, 'ec2:InstanceType': 'p5.48xlarge' }],
    ['an open disk', ec2('volume/*'), { ...volume, 'ec2:Encrypted': 'false' }],
    ['an untagged disk', ec2('volume/*'), without(volume, 'aws:RequestTag/app')],
    ['an interface elsewhere', ec2('network-interface/*'), { ...card, 'ec2:Subnet': ec2('subnet/subnet-x') }],
    ['another subnet', ec2('subnet/subnet-x')],
    ['another security group', ec2('security-group/sg-x')],
    ['another launch template', ec2('launch-template/lt-x')],
    ['a stranger’s image', `arn:aws:ec2:${REGION}::image/ami-x`, { 'ec2:Owner': '999988887777' }],
    ['a key pair', ec2('key-pair/x')],
    ['another region', `arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/*`, instance],
  ])('may not run %s', (_, resource, context) => expect(run(resource, context)).toBe(false))

  const role = `arn:aws:iam::${ACCOUNT}:role/${idOf('AWS::IAM::Role', 'instancerole')}`
  const onLaunch = { 'ec2:CreateAction': 'RunInstances' }
  const passed = (service: string) => ({ 'iam:PassedToService': service })
  it.each<[string, string, Context, boolean]>([
    ['iam:PassRole', role, passed('ec2.amazonaws.com'), true],
    ['iam:PassRole', role, passed('lambda.amazonaws.com'), false],
    ['iam:PassRole', `${role}x`, passed('ec2.amazonaws.com'), false],
    ['ec2:CreateTags', ec2('instance/i-1'), onLaunch, true],
    ['ec2:CreateTags', ec2('volume/vol-1'), onLaunch, true],
    ['ec2:CreateTags', ec2('instance/i-1'), {}, false],
    ['ec2:CreateTags', ec2('vpc/vpc-1'), onLaunch, false],
    ['ec2:TerminateInstances', ec2('instance/i-1'), { 'aws:ResourceTag/app': 'mayfly' }, true],
    ['ec2:TerminateInstances', ec2('instance/i-1'), { 'aws:ResourceTag/app': 'other' }, false],
    ['ec2:TerminateInstances', ec2('instance/i-1'), {}, false],
    ['ec2:StopInstances', ec2('instance/i-1'), { 'aws:ResourceTag/app': 'mayfly' }, false],
    ['ec2:CreateLaunchTemplateVersion', templateArn, {}, false],
    ['s3:PutObjectVersionTagging', file, { 's3:RequestObjectTagKeys': ['mayfly-reader', 'batch'] }, true],
    ['s3:GetObject', file, {}, false],
    ['s3:PutObject', `${results}/runs/${ME}/in/manifest`, {}, true],
    ['s3:PutObject', `${results}/runs/${ME}/result.json`, {}, false],
  ])('%s on %s with %o: %s', (action, resource, context, answer) =>
    expect(launcher(action, resource, context)).toBe(answer),
  )

  it('nobody else names the reader of a file, whatever rights its own account gives it', () => {
    const naming = { 's3:RequestObjectTagKeys': ['batch', 'mayfly-reader'] }
    const operator = principal(
      'stepslaunchrole',
      { 'aws:PrincipalArn': 'arn:aws:iam::1:role/x' },
      { throughEndpoint: false },
    )
    expect(operator('s3:PutObjectVersionTagging', file, naming)).toBe(false)
    expect(operator('s3:PutObjectVersionTagging', file, { 's3:RequestObjectTagKeys': ['batch'] })).toBe(true)
  })
})
