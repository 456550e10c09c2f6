import { expect, it } from 'vitest'
import { toldOf } from '#cli/aws/why-aws-failed'

const ofSdk = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, $metadata: { attempts: 1, ...more } })
const asked = { endpoint: 'http://x', ec2Endpoint: 'http://x', region: 'us-east-1' }

it.each([
  {
    error: ofSdk('TimeoutError', 'the request socket timed out after 30000 ms of inactivity', { attempts: 3 }),
    says: 'http://x: it did not answer within 30 s, asked 3 times. See that',
  },
  {
    whom: { ...asked, ec2Endpoint: 'http://y' },
    error: ofSdk('TimeoutError', 'the request socket timed out after 30000 ms of inactivity'),
    says: 'http://x (EC2: http://y): it did not answer within 30 s. See that',
  },
  {
    whom: { region: 'us-east-1', profile: 'prod' },
    error: ofSdk('ExpiredToken', 'The security token included in the request is expired', { httpStatusCode: 400 }),
    says: 'region us-east-1, profile prod: the credentials were refused. Sign in again',
  },
  {
    error: ofSdk('403', 'UnknownError', { httpStatusCode: 403, requestId: 'of AWS' }),
    says: 'http://x: it refused a request with HTTP 403 (403) and no reason',
  },
])('$error.message: $says', ({ error, whom = asked, says }) => {
  const told = toldOf(error, whom)
  expect(told).toMatchObject({ name: 'AwsUnreachable', message: expect.stringContaining(says), cause: error })
})

it.each([
  { what: "AWS's own reason", error: ofSdk('AccessDenied', 'User: ana is not authorized to perform: s3:PutObject') },
  { what: 'an error of ours', error: new Error('No job "x": it does not exist (ECONNREFUSED)') },
  { what: 'what is no error', error: 'no' },
])('$what stays as it is', ({ error }) => expect(toldOf(error, asked)).toBe(error))
