import { expect, it } from 'vitest'
import { executionArn, executionUrl } from '#cli/jobs/execution-url'

it.each([
  { partition: 'aws', region: 'us-east-1', host: 'us-east-1.console.aws.amazon.com' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1', host: 'us-gov-west-1.console.amazonaws-us-gov.com' },
])('an execution is shown by the console of its region and partition ($partition)', ({ partition, region, host }) => {
  const arn = executionArn(`arn:${partition}:states:${region}:123456789012:stateMachine:payer-file`, 'acme-r1')
  expect(arn).toBe(`arn:${partition}:states:${region}:123456789012:execution:payer-file:acme-r1`)
  expect(executionUrl(arn)).toBe(`https://${host}/states/home?region=${region}#/v2/executions/details/${arn}`)
})

it('what is no state machine is said to be none', () => {
  expect(() => executionArn('', 'acme-r1')).toThrow(/ is no state machine; it should be arn:/)
})
