import { SQSClient } from '@aws-sdk/client-sqs'
import { inbox } from '#adapters/aws/inbox'
import { answeredWithin } from '#functions/answered-within'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/reconfigure/env'
import { Input, reconfigure } from '#functions/reconfigure/reconfigure'

const vars = env.parse(process.env)
// Three attempts, of 30 s.
const waits = answeredWithin(8)
const deps = { inbox: inbox(new SQSClient(waits), vars.INBOX_URL) }

export const handler = lambdaHandler('reconfigure', (event, log) => reconfigure(Input.parse(event), { ...deps, log }))
