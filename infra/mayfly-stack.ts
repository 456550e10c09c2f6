import { CfnOutput, Fn, RemovalPolicy, Stack, Tags, Token } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Environment } from '#config/environments/environment'
import { acknowledgements } from '#infra/acknowledgements'
import { acknowledge } from '#infra/constructs/acknowledge'
import { Alarms } from '#infra/constructs/alarms'
import { Buckets } from '#infra/constructs/buckets'
import { Dashboard } from '#infra/constructs/dashboard'
import { DataKey } from '#infra/constructs/data-key'
import { applyEnvironmentWide } from '#infra/constructs/environment-wide'
import { Events } from '#infra/constructs/events'
import { Inbox } from '#infra/constructs/inbox'
import { InstanceShell } from '#infra/constructs/instance-shell'
import { MonthlyBudget } from '#infra/constructs/monthly-budget'
import { Network } from '#infra/constructs/network'
import { PayerFileMachine } from '#infra/constructs/payer-file-machine'
import { Queries } from '#infra/constructs/queries'
import { Steps } from '#infra/constructs/steps'
import { Tables } from '#infra/constructs/tables'
import type { GivenNetwork } from '#infra/given-network'
import { hipaaAcknowledgements, keyAcknowledgements } from '#infra/hipaa-acknowledgements'

export type MayflyOptions = {
  emulator: boolean
  destroyData: boolean
  owner: string
  journal?: boolean
  /** The operator's own VPC instead of ours. */
  network?: GivenNetwork | undefined
  /** What differs between accounts; its defaults where none is named. */
  environment?: Environment
}

/** Everything that Mayfly is in an account. Nothing in it bills by the hour. */
export class MayflyStack extends Stack {
  constructor(scope: Construct, id: string, options: MayflyOptions) {
    const environment = options.environment ?? Environment.parse({})
    const { account, region, alarms, monthlyBudgetUsd, accessLogs, logDays } = environment
    super(scope, id, {
      description: 'Mayfly: one payer file, one instance, in the order that a table dictates',
      terminationProtection: environment.protected,
      env: { ...(account ? { account } : {}), ...(region ? { region } : {}) },
    })
    const removal = options.destroyData ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN

    const dataKey = environment.encryption === 'customer-key' ? new DataKey(this, 'data-key') : undefined
    const key = dataKey?.key
    const buckets = new Buckets(this, 'buckets', { removal, key, logDays: accessLogs ? logDays : undefined })
    const tables = new Tables(this, 'tables', { removal, key, guarded: environment.protected })
    const inbox = new Inbox(this, 'inbox', { key })
    const network = new Network(this, 'network', { buckets, given: options.network })
    const shell = new InstanceShell(this, 'instance', { buckets, network })
    const { launchesAtOnce } = environment
    const steps = new Steps(this, 'steps', { buckets, tables, inbox, network, shell, options, launchesAtOnce })
    const machine = new PayerFileMachine(this, 'payer-file', { steps, inbox, emulator: options.emulator })
    steps.mayUse(machine)
    const { clock } = new Events(this, 'events', { buckets, tables, inbox, steps, machine })
    dataKey?.letUse(shell.role, clock, ...Object.values(steps.all).map(({ fn }) => fn))

    const { topic, all } = new Alarms(this, 'alarms', { inbox, steps, alarms, key })
    new Dashboard(this, 'dashboard', { inbox, steps, alarms: all })
    if (!options.emulator) new Queries(this, 'queries', { steps })
    if (!options.emulator && monthlyBudgetUsd !== undefined)
      new MonthlyBudget(this, 'monthly-budget', { usd: monthlyBudgetUsd, topic })
    applyEnvironmentWide(this, environment, key)

    acknowledge(this, { ...this.named(acknowledgements), ...(key ? keyAcknowledgements : {}) })
    acknowledge(this, hipaaAcknowledgements(environment), 'HIPAA.Security')
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
      DeadQueueUrl: inbox.dead.queueUrl,
      UndeliveredQueueUrl: inbox.undelivered.queueUrl,
      UnreadEditsQueueUrl: inbox.unreadEdits.queueUrl,
      FailedRunsQueueUrl: inbox.failedRuns.queueUrl,
    }
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value })
  }

  /** cdk-nag names findings with the account and the region where they are known. */
  private named(findings: Record<string, string>): Record<string, string> {
    const known = (text: string, otherwise: string) => (Token.isUnresolved(text) ? otherwise : text)
    const [region, account] = [known(this.region, '<AWS::Region>'), known(this.account, '<AWS::AccountId>')]
    const inPlace = (id: string) => id.replaceAll('<AWS::Region>', region).replaceAll('<AWS::AccountId>', account)
    return Object.fromEntries(Object.entries(findings).map(([id, why]) => [inPlace(id), why]))
  }

  /** The zones of wherever it is deployed, without asking an account while it is synthesised. */
  override get availabilityZones(): string[] {
    return [0, 1].map((zone) => Fn.select(zone, Fn.getAzs()))
  }
}
