import { Duration, Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { Construct } from 'constructs'
import { env as launchEnv } from '#functions/launch/env'
import { env as progressEnv } from '#functions/progress/env'
import { env as reconfigureEnv } from '#functions/reconfigure/env'
import { env as scheduleEnv } from '#functions/schedule/env'
import { env as sweepEnv } from '#functions/sweep/env'
import { env as validateEnv } from '#functions/validate/env'
import type { Buckets } from '#infra/constructs/buckets'
import type { Inbox } from '#infra/constructs/inbox'
import type { InstanceShell } from '#infra/constructs/instance-shell'
import { mayLaunch } from '#infra/constructs/may-launch'
import type { Network } from '#infra/constructs/network'
import { type PayerFileMachine, stateMachineArn } from '#infra/constructs/payer-file-machine'
import { StepLambda } from '#infra/constructs/step-lambda'
import type { Tables } from '#infra/constructs/tables'
import type { MayflyOptions } from '#infra/mayfly-stack'

type Parts = {
  buckets: Buckets
  tables: Tables
  inbox: Inbox
  network: Network
  shell: InstanceShell
  options: MayflyOptions
  /** 0: as many as the account has room for. */
  launchesAtOnce: number
}

/** The six functions, what each may know, and what each may do. */
export class Steps extends Construct {
  readonly schedule: StepLambda<typeof scheduleEnv.shape>
  readonly validate: StepLambda<typeof validateEnv.shape>
  readonly launch: StepLambda<typeof launchEnv.shape>
  readonly progress: StepLambda<typeof progressEnv.shape>
  readonly reconfigure: StepLambda<typeof reconfigureEnv.shape>
  readonly sweep: StepLambda<typeof sweepEnv.shape>

  constructor(scope: Construct, id: string, parts: Parts) {
    super(scope, id)
    const { buckets, tables, inbox, network, shell, options, launchesAtOnce } = parts
    const SCHEDULE_TABLE = tables.schedule.tableName
    const JOBS_TABLE = tables.jobs.tableName
    const PAYER_PRIORITY_TABLE = tables.payerPriority.tableName
    const CAPACITY_POOLS_TABLE = tables.capacityPools.tableName
    const INBOX_URL = inbox.queue.queueUrl
    const STATE_MACHINE_ARN = stateMachineArn(this)
    const RESULTS_BUCKET = buckets.results.bucketName
    const policies = { PAYER_PRIORITY_TABLE, CAPACITY_POOLS_TABLE }

    this.schedule = new StepLambda(this, 'schedule', {
      env: scheduleEnv,
      environment: {
        SCHEDULE_TABLE,
        JOBS_TABLE,
        ...policies,
        INBOX_URL,
        STATE_MACHINE_ARN,
        RESULTS_BUCKET,
        JOURNAL: options.journal ? 'on' : 'off',
      },
      timeout: Duration.seconds(15),
      memoryMiB: 512,
    })
    this.validate = new StepLambda(this, 'validate', {
      env: validateEnv,
      environment: { SCHEDULE_TABLE, JOBS_TABLE, ...policies, RESULTS_BUCKET },
      timeout: Duration.minutes(15),
      memoryMiB: 1769,
    })
    this.launch = new StepLambda(this, 'launch', {
      env: launchEnv,
      environment: {
        SCHEDULE_TABLE,
        JOBS_TABLE,
        ...policies,
        STATE_MACHINE_ARN,
        RESULTS_BUCKET,
        ARTIFACTS_BUCKET: buckets.artifacts.bucketName,
        LAUNCH_TEMPLATE_ID: shell.launchTemplate.ref,
        LAUNCH_TEMPLATE_VERSION: shell.launchTemplate.attrLatestVersionNumber,
        INSTANCE_ROLE_ID: shell.roleId,
        SUBNET_IDS: network.subnetIds.join(','),
        OWNER: options.owner,
      },
      timeout: Duration.minutes(2),
      // It waits for EC2 nearly all its time (2.5–4.8 s, aws-facts), and memory is billed while it waits.
      memoryMiB: 256,
      // RunInstances refills 2 requests a second and takes 2.5–4.8 s (aws-facts): the five of the default stay within it.
      reservedConcurrency: options.emulator || launchesAtOnce === 0 ? undefined : launchesAtOnce,
    })
    this.progress = new StepLambda(this, 'progress', {
      env: progressEnv,
      environment: { SCHEDULE_TABLE, JOBS_TABLE, RESULTS_BUCKET },
      timeout: Duration.seconds(30),
      memoryMiB: 256,
    })
    this.reconfigure = new StepLambda(this, 'reconfigure', {
      env: reconfigureEnv,
      environment: { INBOX_URL },
      timeout: Duration.seconds(30),
      memoryMiB: 256,
    })
    this.sweep = new StepLambda(this, 'sweep', {
      env: sweepEnv,
      environment: {
        SCHEDULE_TABLE,
        JOBS_TABLE,
        ...policies,
        INBOX_URL,
        STATE_MACHINE_ARN,
        RESULTS_BUCKET,
        LANDING_BUCKET: buckets.landing.bucketName,
      },
      timeout: Duration.minutes(1),
      memoryMiB: 256,
      // 43,800 runs a month of an idle system: their START and REPORT lines would be $0.016 of its bill.
      quietRuntime: true,
    })
    this.grant(parts)
  }

  private grant({ buckets, tables, inbox, network, shell, options }: Parts): void {
    const { schedule, validate, launch, progress, reconfigure, sweep } = this
    const read = ['dynamodb:BatchGetItem', 'dynamodb:Query']
    const write = ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem']
    const rows = tables.payerPriority.tableArn
    const pools = tables.capacityPools.tableArn
    const { region, account } = Stack.of(this)

    schedule.allow([...read, ...write], [tables.schedule.tableArn])
    schedule.allow(['dynamodb:PutItem'], [tables.jobs.tableArn])
    schedule.allow(['dynamodb:Query'], [rows])
    schedule.allow(['dynamodb:GetItem'], [pools])
    // What is wrong with a row stands beside it.
    schedule.allow(['dynamodb:UpdateItem'], [rows, pools])
    schedule.allow(
      ['s3:GetObject', 's3:GetObjectVersion'],
      [buckets.landing.arnForObjects('*'), buckets.results.arnForObjects('runs/*')],
    )
    // So that a key that is not there answers 404 and not 403 (aws-facts).
    schedule.allow(['s3:ListBucket'], [buckets.landing.bucketArn, buckets.results.bucketArn])
    if (options.journal) schedule.allow(['s3:PutObject'], [buckets.results.arnForObjects('journal/*')])
    schedule.allow(['sqs:SendMessage', 'sqs:ChangeMessageVisibility'], [inbox.queue.queueArn])
    const ofOurs = { StringEquals: { 'aws:ResourceTag/app': 'mayfly' } }
    const instances = `arn:aws:ec2:${region}:${account}:instance/*`
    schedule.allow(['ec2:TerminateInstances', 'ec2:GetConsoleOutput'], [instances], ofOurs)
    schedule.allow(['ec2:DescribeInstances'], ['*'])
    schedule.allow(['s3:PutObject'], [buckets.results.arnForObjects('console/*')])
    // Pointers are read before they are moved, and moved on condition.
    schedule.allow(['s3:GetObject', 's3:PutObject'], [buckets.results.arnForObjects('done/*')])
    schedule.allow(['events:PutEvents'], [`arn:aws:events:${region}:${account}:event-bus/default`], {
      StringEquals: { 'events:source': 'mayfly', 'events:detail-type': 'Payer File Done' },
    })

    validate.allow(['dynamodb:BatchGetItem'], [tables.schedule.tableArn])
    validate.allow(['dynamodb:Query'], [rows])
    validate.allow(['s3:GetObjectVersion'], [buckets.landing.arnForObjects('*')])
    validate.allow(['s3:PutObject'], [buckets.results.arnForObjects('reports/*')])

    launch.allow([...read, ...write, 'dynamodb:UpdateItem'], [tables.schedule.tableArn])
    launch.allow(['dynamodb:Query'], [rows])
    // S3 replaces all tags at once: those of the payer are read first.
    launch.allow(['s3:GetObjectVersionTagging', 's3:PutObjectVersionTagging'], [buckets.landing.arnForObjects('*')])
    launch.allow(
      ['s3:GetObject'],
      [buckets.artifacts.arnForObjects('processors/*'), buckets.results.arnForObjects('runs/*')],
    )
    launch.allow(['s3:PutObject'], [buckets.results.arnForObjects('runs/*/in/*')])
    launch.allow(['s3:ListBucket'], [buckets.artifacts.bucketArn])
    mayLaunch(launch, { network, shell })
    launch.allow(['ec2:TerminateInstances'], [instances], ofOurs)
    // DescribeInstances cannot be scoped (aws-facts).
    launch.allow(['ec2:DescribeInstances'], ['*'])
    // The images that rows may name (`image`): Amazon's own parameters, and the account's below /mayfly/.
    launch.allow(
      ['ssm:GetParameters'],
      [`arn:aws:ssm:${region}::parameter/aws/service/*`, `arn:aws:ssm:${region}:${account}:parameter/mayfly/*`],
    )
    buckets.landing.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlyTheLauncherNamesReaders',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:PutObjectTagging', 's3:PutObjectVersionTagging'],
        resources: [buckets.landing.arnForObjects('*')],
        conditions: {
          StringNotEquals: { 'aws:PrincipalArn': launch.fn.role?.roleArn ?? '' },
          'ForAnyValue:StringEquals': { 's3:RequestObjectTagKeys': ['mayfly-reader'] },
        },
      }),
    )

    progress.allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], [tables.schedule.tableArn])
    progress.allow(['s3:GetObject'], [buckets.results.arnForObjects('runs/*')])

    reconfigure.allow(['sqs:SendMessage'], [inbox.queue.queueArn])

    sweep.allow(['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:PutItem'], [tables.schedule.tableArn])
    sweep.allow(['dynamodb:Query'], [rows])
    sweep.allow(['dynamodb:GetItem'], [pools])
    sweep.allow(['s3:GetObject'], [buckets.results.arnForObjects('runs/*')])
    sweep.allow(['s3:ListBucket', 's3:ListBucketVersions'], [buckets.landing.bucketArn])
    sweep.allow(['s3:ListBucket'], [buckets.results.bucketArn])
    sweep.allow(['ec2:DescribeInstances'], ['*'])
    sweep.allow(['ec2:TerminateInstances'], [instances], ofOurs)
    sweep.allow(['sqs:SendMessage'], [inbox.queue.queueArn])
  }

  get all(): Record<string, { fn: LambdaFunction }> {
    const { schedule, validate, launch, progress, reconfigure, sweep } = this
    return { schedule, validate, launch, progress, reconfigure, sweep }
  }

  /** Rights on the state machine, which is made of these functions and so comes after them. */
  mayUse(machine: PayerFileMachine): void {
    // AWS does not scope SendTask* to one machine narrower than this (design §11).
    this.schedule.allow(['states:StartExecution', 'states:SendTaskSuccess', 'states:SendTaskFailure'], [machine.arn])
    this.sweep.allow(['states:ListExecutions'], [machine.arn])
    this.launch.allow(['states:SendTaskSuccess', 'states:SendTaskFailure'], [machine.arn])
  }
}
