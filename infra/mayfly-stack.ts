import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { acknowledgements } from '#infra/acknowledgements'
import { acknowledge } from '#infra/constructs/acknowledge'
import { Buckets } from '#infra/constructs/buckets'
import { Events } from '#infra/constructs/events'
import { Inbox } from '#infra/constructs/inbox'
import { InstanceShell } from '#infra/constructs/instance-shell'
import { Network } from '#infra/constructs/network'
import { PayerFileMachine } from '#infra/constructs/payer-file-machine'
import { Steps } from '#infra/constructs/steps'
import { Tables } from '#infra/constructs/tables'
import type { GivenNetwork } from '#infra/given-network'

export type MayflyOptions = {
  emulator: boolean
  destroyData: boolean
  owner: string
  journal?: boolean
  /** The operator's own VPC instead of ours. */
  network?: GivenNetwork | undefined
}

/** Everything that Mayfly is in an account. Nothing in it bills by the hour. */
export class MayflyStack extends Stack {
  constructor(scope: Construct, id: string, options: MayflyOptions) {
    super(scope, id, { description: 'Mayfly: one payer file, one instance, in the order that a table dictates' })
    const removal = options.destroyData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN

    const buckets = new Buckets(this, 'buckets', { removal })
    const tables = new Tables(this, 'tables', { removal })
    const inbox = new Inbox(this, 'inbox')
    const network = new Network(this, 'network', { buckets, given: options.network })
    const shell = new InstanceShell(this, 'instance', { buckets, network })
    const steps = new Steps(this, 'steps', { buckets, tables, inbox, network, shell, options })
    const machine = new PayerFileMachine(this, 'payer-file', { steps, inbox, emulator: options.emulator })
    steps.mayUse(machine)
    new Events(this, 'events', { buckets, tables, inbox, steps, machine })

    acknowledge(this, acknowledgements)
    Tags.of(this).add('app', 'mayfly')
    Tags.of(this).add('Owner', options.owner)
    const outputs = {
      LandingBucket: buckets.landing.bucketName,
      ResultsBucket: buckets.results.bucketName,
      ArtifactsBucket: buckets.artifacts.bucketName,
      InboxUrl: inbox.queue.queueUrl,
      StateMachineArn: machine.arn,
      JobsTable: tables.jobs.tableName,
      ScheduleTable: tables.schedule.tableName,
      PayerPriorityTable: tables.payerPriority.tableName,
      CapacityPoolsTable: tables.capacityPools.tableName,
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }
}
