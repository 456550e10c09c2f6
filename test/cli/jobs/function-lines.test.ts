import { expect, it } from 'vitest'
import { readLine } from '#cli/jobs/function-lines'

const line = { level: 'INFO', message: 'validated', service: 'validate', timestamp: 'x', requestId: 'r', job: 'j' }

it('a line of a step is its sentence and its facts, without where it ran', () => {
  expect(readLine(0, JSON.stringify({ ...line, function_arn: 'arn', cold_start: true, xray_trace_id: '1' }))).toEqual({
    at: '1970-01-01T00:00:00.000Z',
    step: 'validate',
    level: 'INFO',
    sentence: 'validated',
    facts: { requestId: 'r', job: 'j' },
  })
})

it('what a runtime puts before the JSON is no matter', () => {
  expect(readLine(0, `2026-01-05T12:00:00.000Z\tid\tINFO\t${JSON.stringify(line)}`)?.sentence).toBe('validated')
})

it.each(['START RequestId: j Version: 1', '{"_aws":{},"Lost":1}', '{ broken', ''])(
  '%j is no line of a step',
  (text) => {
    expect(readLine(0, text)).toBeUndefined()
  },
)
