import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Duration, RemovalPolicy } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
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
import { buildSync } from 'esbuild'
import type { ZodObject, ZodString } from 'zod'

const root = fileURLToPath(new URL('../../', import.meta.url))

let bundles: string | undefined

/** A folder of this synthesis alone, for two may run at once; the CDK copies what it needs before the process ends. */
const folder = (): string => {
  if (bundles === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'mayfly-bundles-'))
    process.once('exit', () => rmSync(made, { recursive: true, force: true }))
    bundles = made
  }
  return bundles
}

/** The bundle of one step, the SDK inside, so that the same file runs on AWS and on the emulator; scripts of the folder go along. */
const bundle = (step: string): string => {
  const from = join(root, 'functions', step)
  const to = join(folder(), step)
  mkdirSync(to, { recursive: true })
  buildSync({
    entryPoints: [join(from, 'handler.ts')],
    outfile: join(to, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
  })
  for (const file of readdirSync(from).filter((name) => name.endsWith('.sh')))
    copyFileSync(join(from, file), join(to, file))
  return to
}

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
    this.fn = new LambdaFunction(this, 'function', {
      code: Code.fromAsset(bundle(step)),
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
