import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { ZodObject, ZodString } from 'zod'
import { bundleSteps } from '#infra/bundles/bundle-steps'

/** A folder of this synthesis alone, for two may run at once; the CDK copies what it needs before the process ends. */
const bundles = mkdtempSync(join(tmpdir(), 'mayfly-bundles-'))
process.once('exit', () => rmSync(bundles, { recursive: true, force: true }))
// Here, because a construct cannot wait, and what makes the bundles lean can.
await bundleSteps(bundles)

/** A step's environment as its `env.ts` declares it. */
type Variables = Record<string, ZodString>

export type StepProps<V extends Variables> = {
  env: ZodObject<V>
  /** A value for every variable that `env` declares; one missing or unknown is a compile error. */
  environment: { [name in keyof V]: string }
  timeout: Duration
  memoryMiB: number
  reservedConcurrency?: number | undefined
  /** Lambda's own two lines a run stay out of the log: for what runs when there is nothing to say. */
  quietRuntime?: boolean
}

/** One folder of `functions/` as a Lambda: the folder's name is the construct's id. */
export class StepLambda<V extends Variables> extends Construct {
  readonly fn: LambdaFunction

  constructor(scope: Construct, step: string, props: StepProps<V>) {
    super(scope, step)
    const logs = new LogGroup(this, 'logs', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    // Not AWS's AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    const role = new Role(this, 'role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logs.grantWrite(role)
    this.fn = new LambdaFunction(this, 'function', {
      role,
      code: Code.fromAsset(join(bundles, step)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMiB,
      environment: { ...props.environment },
      loggingFormat: LoggingFormat.JSON,
      logGroup: logs,
      ...(props.quietRuntime ? { systemLogLevelV2: SystemLogLevel.WARN } : {}),
      ...(props.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: props.reservedConcurrency }),
    })
  }

  allow(actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>): void {
    this.fn.addToRolePolicy(new PolicyStatement({ actions, resources, ...(conditions ? { conditions } : {}) }))
  }
}
