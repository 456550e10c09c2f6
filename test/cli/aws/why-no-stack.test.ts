import { expect, it } from 'vitest'
import { whyNoStack } from '#cli/aws/why-no-stack'

const failed = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more })

it.each([
  {
    error: failed('Error', 'Region is missing'),
    says: 'at AWS: no region is set. Name one with --region or AWS_REGION (Region is missing)',
  },
  {
    asked: { profile: 'nope', region: 'us-east-1' },
    error: failed(
      'CredentialsProviderError',
      'Could not resolve credentials using profile: [nope] in configuration/credentials file(s).',
    ),
    says: 'at region us-east-1, profile nope: there is no usable profile nope. List those that there are with `aws configure list-profiles`',
  },
  {
    error: failed('CredentialsProviderError', 'Could not load credentials from any providers'),
    says: 'there are no credentials. Sign in',
  },
  {
    error: failed('ExpiredToken', 'The security token included in the request is expired'),
    says: 'were refused. Sign in again',
  },
  {
    error: failed('AccessDenied', 'User: x is not authorized to perform'),
    says: 'They need cloudformation:DescribeStacks',
  },
  {
    asked: { region: 'eu-west-1' },
    error: failed('ValidationError', 'Stack with id Mayfly does not exist'),
    says: 'at region eu-west-1: there is none. Name where it is with --region and --profile, or deploy it: npm run deploy -- --env <name>',
  },
  {
    asked: { endpoint: 'http://127.0.0.1:9' },
    error: failed('AggregateError', '', { code: 'ECONNREFUSED' }),
    says: 'at http://127.0.0.1:9: nothing listens there (AggregateError)',
  },
  {
    asked: { region: 'us-esat-1' },
    error: failed('Error', 'getaddrinfo ENOTFOUND cloudformation.us-esat-1.amazonaws.com'),
    says: 'Look at the spelling of the region',
  },
  {
    asked: { profile: 'half', region: 'eu-west-1' },
    error: failed('CredentialsProviderError', 'Could not load credentials from any providers'),
    says: 'profile half: profile half gives no credentials. Sign in',
  },
  {
    asked: { endpoint: 'http://x' },
    error: failed('TimeoutError', '[ERROR] a request has exceeded the configured 10000 ms requestTimeout.', {
      code: 'ETIMEDOUT',
      $metadata: { attempts: 3 },
    }),
    says: 'at http://x: it did not answer within 10 s, asked 3 times. See that the address is right',
  },
  {
    asked: { region: 'us-east-1' },
    error: failed('TimeoutError', 'the request socket did not establish a connection … timeout of 5000 ms.'),
    says: 'at region us-east-1: no connection came about within 5 s. See',
  },
  {
    asked: { endpoint: 'http://x' },
    error: failed('TimeoutError', 'socket hang up', { code: 'ECONNRESET' }),
    says: 'at http://x: it closed the connection before it had answered (socket hang up)',
  },
  {
    asked: { endpoint: 'http://x' },
    error: failed('Error', 'XML parse error: unexpected content.\n  Deserialization error: to see the raw response', {
      $metadata: { httpStatusCode: 405 },
    }),
    says: "at http://x: it answers HTTP 405, but not in AWS's protocol. It should be an endpoint of AWS or of an emulator. Start",
  },
  {
    asked: { endpoint: 'http://x' },
    error: failed('NotFound', 'Unknown', { $metadata: { httpStatusCode: 404 } }),
    says: "it answers HTTP 404, but not in AWS's protocol. It should be an endpoint of AWS or of an emulator. Start",
  },
  {
    error: failed('NotFound', 'Unknown', { $metadata: { httpStatusCode: 404, requestId: 'AWS has one' } }),
    says: 'at AWS: Unknown. Start',
  },
  {
    error: failed('Throttling', 'Rate\nexceeded'),
    says: 'at AWS: Rate exceeded. Start a local one with `mayfly up`',
  },
])('$error.message: $says', ({ error, asked = {}, says }) => {
  const line = whyNoStack(error, asked)
  expect(line).toContain(says)
  expect(line).not.toContain('\n')
})
