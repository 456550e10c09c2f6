import { S3Client } from '@aws-sdk/client-s3'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { answeredWithin } from '#functions/answered-within'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/progress/env'
import { Input, progress } from '#functions/progress/progress'

const vars = env.parse(process.env)
// Three attempts, of 30 s.
const waits = answeredWithin(8)
const deps = {
  table: scheduleTable(documentClient(waits), { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  results: results(new S3Client(waits), vars.RESULTS_BUCKET),
  now: Date.now,
}

export const handler = lambdaHandler('progress', (event, log) => progress(Input.parse(event), { ...deps, log }))
