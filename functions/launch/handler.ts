import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { EC2Client } from '@aws-sdk/client-ec2'
import { S3Client } from '@aws-sdk/client-s3'
import { SFNClient } from '@aws-sdk/client-sfn'
import { executions } from '#adapters/aws/executions'
import { files } from '#adapters/aws/files'
import { machines } from '#adapters/aws/machines'
import { policyTables } from '#adapters/aws/policy-tables'
import { processors } from '#adapters/aws/processors'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { answeredWithin } from '#functions/answered-within'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/launch/env'
import { Input, launch } from '#functions/launch/launch'

const vars = env.parse(process.env)
// Three attempts, of 120 s.
const waits = answeredWithin(10)
const db = documentClient(waits)
const s3 = new S3Client(waits)
const deps = {
  table: scheduleTable(db, { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  tables: policyTables(db, { payerPriority: vars.PAYER_PRIORITY_TABLE, capacityPools: vars.CAPACITY_POOLS_TABLE }),
  files: files(s3),
  results: results(s3, vars.RESULTS_BUCKET),
  processors: processors(s3, vars.ARTIFACTS_BUCKET),
  executions: executions(new SFNClient(waits), vars.STATE_MACHINE_ARN),
  // Asked once: the SDK's own retries would ask EC2 faster than it refills. RunInstances takes 2.5–4.8 s (aws-facts).
  machines: {
    ...machines(new EC2Client(waits)),
    run: machines(new EC2Client({ ...answeredWithin(20), maxAttempts: 1 })).run,
  },
  buckets: { results: vars.RESULTS_BUCKET, artifacts: vars.ARTIFACTS_BUCKET },
  launchTemplate: { id: vars.LAUNCH_TEMPLATE_ID, version: vars.LAUNCH_TEMPLATE_VERSION },
  roleId: vars.INSTANCE_ROLE_ID,
  subnets: vars.SUBNET_IDS.split(','),
  region: process.env['AWS_REGION'] ?? 'us-east-1',
  owner: vars.OWNER,
  startupScript: readFileSync(join(__dirname, 'startup.sh'), 'utf8'),
  now: Date.now,
  wait: (ms: number) => setTimeout(ms),
}

export const handler = lambdaHandler('launch', (event, log) => launch(Input.parse(event), { ...deps, log }))
