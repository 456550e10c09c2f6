import type { Stack } from 'aws-cdk-lib'
import { prices } from '#config/prices'
import type { InstanceShell } from '#infra/constructs/instance-shell'
import type { Network } from '#infra/constructs/network'

/** What grants: a step, which adds a statement to its own role. */
type Launcher = {
  fn: { stack: Stack }
  allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>): void
}

/**
 * RunInstances is one request that EC2 checks once for every resource that it uses or makes: each gets a statement, so
 * that nothing starts but a tagged, IMDSv2-only, encrypted instance of a known type and price, from our template, with our
 * profile, in our subnets. What conditions each resource knows: AWS's service authorization reference of EC2.
 */
export const mayLaunch = (launch: Launcher, { network, shell }: { network: Network; shell: InstanceShell }): void => {
  const { region, account } = launch.fn.stack
  const ec2 = (resource: string): string => `arn:aws:ec2:${region}:${account}:${resource}`
  const template = ec2(`launch-template/${shell.launchTemplate.ref}`)
  const subnets = network.subnetIds.map((subnet) => ec2(`subnet/${subnet}`))
  const ours = { 'aws:RequestTag/app': 'mayfly' }
  const run = (resources: string[], conditions?: Record<string, Record<string, unknown>>): void =>
    launch.allow(['ec2:RunInstances'], resources, conditions)

  run([ec2('instance/*')], {
    StringEquals: {
      ...ours,
      'ec2:MetadataHttpTokens': 'required',
      'ec2:InstanceType': Object.keys(prices.instances).sort(),
    },
    NumericEquals: { 'ec2:MetadataHttpPutResponseHopLimit': '1' },
    ArnEquals: { 'ec2:InstanceProfile': shell.profileArn, 'ec2:LaunchTemplate': template },
    // An instance without an owner or an end must not start, whoever asks.
    Null: { 'aws:RequestTag/Owner': 'false', 'aws:RequestTag/TerminateAfter': 'false' },
  })
  run([ec2('volume/*')], {
    StringEquals: ours,
    Bool: { 'ec2:Encrypted': 'true' },
    ArnEquals: { 'ec2:LaunchTemplate': template },
  })
  run([ec2('network-interface/*')], { ArnEquals: { 'ec2:Subnet': subnets, 'ec2:LaunchTemplate': template } })
  run([template, ec2(`security-group/${network.securityGroup.securityGroupId}`), ...subnets])
  // Amazon's own images, and the account's.
  run([`arn:aws:ec2:${region}::image/*`], { StringEquals: { 'ec2:Owner': ['amazon', account] } })
  // A spot launch makes a request as well; AWS asks for the right on it, and knows no condition that would narrow it.
  run([ec2('spot-instances-request/*')])
  launch.allow(['ec2:CreateTags'], [ec2('instance/*'), ec2('volume/*')], {
    StringEquals: { 'ec2:CreateAction': 'RunInstances' },
  })
  launch.allow(['iam:PassRole'], [shell.role.roleArn], {
    StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' },
  })
}
