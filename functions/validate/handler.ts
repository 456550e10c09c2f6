import { S3Client } from '@aws-sdk/client-s3'
import { files } from '#adapters/aws/files'
import { policyTables } from '#adapters/aws/policy-tables'
import { results } from '#adapters/aws/results'
import { scheduleTable } from '#adapters/aws/schedule-table'
import { answeredWithin } from '#functions/answered-within'
import { documentClient } from '#functions/aws-clients'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/validate/env'
import { Input, validate } from '#functions/validate/validate'

const vars = env.parse(process.env)
// Three attempts, of 15 minutes.
const waits = answeredWithin(20)
const db = documentClient(waits)
const s3 = new S3Client(waits)
const deps = {
  table: scheduleTable(db, { schedule: vars.SCHEDULE_TABLE, jobs: vars.JOBS_TABLE }),
  tables: policyTables(db, { payerPriority: vars.PAYER_PRIORITY_TABLE, capacityPools: vars.CAPACITY_POOLS_TABLE }),
  files: files(s3),
  results: results(s3, vars.RESULTS_BUCKET),
}

export const handler = lambdaHandler('validate', (event, log, remaining) =>
  validate(Input.parse(event), { ...deps, log, remaining }),
)
