import { EC2Client } from '@aws-sdk/client-ec2'
import { SQSClient } from '@aws-sdk/client-sqs'
import { inbox } from '#adapters/aws/inbox'
import { machines } from '#adapters/aws/machines'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/sweep/env'
import { sweep } from '#functions/sweep/sweep'

const vars = env.parse(process.env)
const deps = {
  table: scheduleTable(documentClient(), { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  machines: machines(new EC2Client({})),
  inbox: inbox(new SQSClient({}), vars.INBOX_URL),
  now: Date.now,
}

export const handler = lambdaHandler('sweep', (_event, log) => sweep({ ...deps, log }))
