import { SQSClient } from '@aws-sdk/client-sqs'
import { inbox } from '#adapters/aws/inbox'
import { lambdaHandler } from '#functions/lambda-handler'
import { env } from '#functions/reconfigure/env'
import { Input, reconfigure } from '#functions/reconfigure/reconfigure'

const vars = env.parse(process.env)
const deps = { inbox: inbox(new SQSClient({}), vars.INBOX_URL) }

export const handler = lambdaHandler('reconfigure', (event, log) => reconfigure(Input.parse(event), { ...deps, log }))
