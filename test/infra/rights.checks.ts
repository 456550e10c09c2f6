import { describe, expect, it } from 'vitest'
import { list, type Resource, record, resourcesOf, rightsOf, template } from '#test/infra/template'

const of = (type: string): Resource[] => resourcesOf(template, type)
const types = [...new Set(resourcesOf(template).map(({ type }) => type))]
/** IAM's own variable. */
const USER_ID = `\${aws:userid}`

describe('an instance', () => {
  const [launchTemplate] = of('AWS::EC2::LaunchTemplate')
  const data = record(launchTemplate?.properties['LaunchTemplateData'])

  it('speaks IMDSv2 only, one hop; ends when it shuts down; has an encrypted disk and no key', () => {
    expect(data['MetadataOptions']).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 })
    expect(data['InstanceInitiatedShutdownBehavior']).toBe('terminate')
    expect(data['BlockDeviceMappings']).toEqual([
      expect.objectContaining({
        Ebs: expect.objectContaining({ Encrypted: true, DeleteOnTermination: true, VolumeType: 'gp3' }),
      }),
    ])
    expect(data).not.toHaveProperty('KeyName')
    expect(data).not.toHaveProperty('UserData')
    expect(data).not.toHaveProperty('NetworkInterfaces')
  })

  it('nobody can reach it, it can reach HTTPS only', () => {
    expect(types).not.toContain('AWS::EC2::SecurityGroupIngress')
    expect(types).not.toContain('AWS::EC2::InternetGateway')
    for (const { properties } of of('AWS::EC2::SecurityGroup')) {
      expect(list(properties['SecurityGroupIngress'])).toEqual([])
      expect(list(properties['SecurityGroupEgress'])).toEqual([
        expect.objectContaining({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }),
      ])
    }
    for (const { properties } of of('AWS::EC2::Subnet')) expect(properties['MapPublicIpOnLaunch']).not.toBe(true)
  })

  const rights = rightsOf(template, (id) => id.startsWith('instancerole'))
  it('may read its own version and inputs and processors, and write below its own prefix; nothing else', () => {
    expect(rights.flatMap(({ actions }) => actions).sort()).toEqual([
      ...['s3:AbortMultipartUpload', 's3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
    ])
    const [role] = of('AWS::IAM::Role').filter(({ id }) => id.startsWith('instancerole'))
    expect(list(role?.properties['ManagedPolicyArns'])).toEqual([])
    expect(list(role?.properties['Policies'])).toEqual([])
  })

  it.each(rights)(
    '$actions comes through the endpoint and ends with a narrow wildcard',
    ({ actions, resources, conditions }) => {
      expect(JSON.stringify(conditions)).toContain('aws:SourceVpce')
      for (const resource of resources) {
        const narrow = /\/processors\/\*|\/runs\/\$\{aws:userid\}\/(in\/)?\*/.test(resource)
        const tagged = JSON.stringify(conditions).includes(`"s3:ExistingObjectTag/mayfly-reader":"${USER_ID}"`)
        expect(narrow || tagged, resource).toBe(true)
        if (actions.includes('s3:PutObject')) expect(resource).toContain(`/runs/${USER_ID}/*`)
      }
    },
  )
})

describe('rights of the steps', () => {
  const statements = rightsOf(template, (id) => id.startsWith('steps'))

  it('no star among actions, and no star alone as a resource but where AWS takes nothing narrower', () => {
    expect(statements.length).toBeGreaterThan(20)
    expect(statements.flatMap(({ actions }) => actions).filter((action) => /\*/.test(action))).toEqual([])
    const open = statements.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions)
    expect([...new Set(open)].sort()).toEqual(['dynamodb:ListStreams', 'ec2:DescribeInstances'])
  })

  it('an instance is terminated only if it is ours', () => {
    const ending = statements.filter(({ actions }) => actions.includes('ec2:TerminateInstances'))
    expect(ending).toHaveLength(3)
    for (const { conditions } of ending)
      expect(conditions).toEqual({ StringEquals: { 'aws:ResourceTag/app': 'mayfly' } })
  })

  it('nobody stops executions', () => {
    expect(statements.flatMap(({ actions }) => actions)).not.toContain('states:StopExecution')
  })
})
