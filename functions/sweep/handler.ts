import { EC2Client } from '@aws-sdk/client-ec2'
import { S3Client } from '@aws-sdk/client-s3'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { executions } from '#adapters/aws/executions'
import { files } from '#adapters/aws/files'
import { inbox } from '#adapters/aws/inbox'
import { machines } from '#adapters/aws/machines'
import { policyTables } from '#adapters/aws/policy-tables'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { answeredWithin } from '#functions/answered-within'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/sweep/env'
import { Input, sweep } from '#functions/sweep/sweep'

const vars = env.parse(process.env)
// Three attempts, of 60 s.
const waits = answeredWithin(15)
const s3 = new S3Client(waits)
const db = documentClient(waits)
const deps = {
  table: scheduleTable(db, { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  tables: policyTables(db, { payerPriority: vars.PAYER_PRIORITY_TABLE, capacityPools: vars.CAPACITY_POOLS_TABLE }),
  machines: machines(new EC2Client(waits)),
  executions: executions(new SFNClient(waits), vars.STATE_MACHINE_ARN),
  files: files(s3),
  results: results(s3, vars.RESULTS_BUCKET),
  inbox: inbox(new SQSClient(waits), vars.INBOX_URL),
  landingBucket: vars.LANDING_BUCKET,
  stock: {},
  now: Date.now,
}

export const handler = lambdaHandler('sweep', (event, log) => sweep({ ...deps, log }, Input.parse(event)))
