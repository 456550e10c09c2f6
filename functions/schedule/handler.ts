import { EC2Client } from '@aws-sdk/client-ec2'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SFNClient } from '@aws-sdk/client-sfn'
import { SQSClient } from '@aws-sdk/client-sqs'
import { announcements } from '#adapters/aws/announcements'
import { executions } from '#adapters/aws/executions'
import { files } from '#adapters/aws/files'
import { inbox } from '#adapters/aws/inbox'
import { machines } from '#adapters/aws/machines'
import { pointers } from '#adapters/aws/pointers'
import { policyTables } from '#adapters/aws/policy-tables'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { answeredWithin } from '#functions/answered-within'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/schedule/env'
import { Batch, schedule } from '#functions/schedule/schedule'

const vars = env.parse(process.env)
// Three attempts, of 15 s.
const waits = answeredWithin(4)
const db = documentClient(waits)
const s3 = new S3Client(waits)
const bucket = results(s3, vars.RESULTS_BUCKET)
const deps = {
  table: scheduleTable(db, { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  tables: policyTables(db, { payerPriority: vars.PAYER_PRIORITY_TABLE, capacityPools: vars.CAPACITY_POOLS_TABLE }),
  files: files(s3),
  results: bucket,
  journal: vars.JOURNAL === 'on' ? bucket : undefined,
  executions: executions(new SFNClient(waits), vars.STATE_MACHINE_ARN),
  machines: machines(new EC2Client(waits)),
  pointers: pointers(s3, vars.RESULTS_BUCKET),
  announcements: announcements(new EventBridgeClient(waits)),
  inbox: inbox(new SQSClient(waits), vars.INBOX_URL),
  resultsBucket: vars.RESULTS_BUCKET,
  now: Date.now,
}

export const handler = lambdaHandler('schedule', (event, log) => schedule(Batch.parse(event), { ...deps, log }))
