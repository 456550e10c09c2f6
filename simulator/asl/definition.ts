import * as z from 'zod'

/** The subset of the Amazon States Language that our machine uses. What is not listed is refused, not passed over. */
const Retrier = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  IntervalSeconds: z.number().positive().default(1),
  BackoffRate: z.number().min(1).default(2),
  MaxAttempts: z.int().min(0).default(3),
  MaxDelaySeconds: z.number().positive().optional(),
  JitterStrategy: z.enum(['FULL', 'NONE']).default('NONE'),
})
export type Retrier = z.infer<typeof Retrier>

const Catcher = z.strictObject({
  ErrorEquals: z.array(z.string()).min(1),
  Output: z.unknown().optional(),
  Next: z.string(),
})

const Comment = z.string().optional()

const TaskState = z.strictObject({
  Comment,
  Type: z.literal('Task'),
  Resource: z.enum([
    'arn:aws:states:::lambda:invoke',
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    'arn:aws:states:::sqs:sendMessage',
    'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  ]),
  Arguments: z.unknown(),
  TimeoutSeconds: z.union([z.number().positive(), z.string()]).optional(),
  Retry: z.array(Retrier).default([]),
  Catch: z.array(Catcher).default([]),
  Output: z.unknown().optional(),
  Next: z.string().optional(),
  End: z.literal(true).optional(),
})
export type TaskState = z.infer<typeof TaskState>

const State = z.discriminatedUnion('Type', [
  TaskState,
  z.strictObject({ Comment, Type: z.literal('Fail'), Error: z.unknown().optional(), Cause: z.unknown().optional() }),
])
export type State = z.infer<typeof State>

export const Definition = z.strictObject({
  Comment,
  QueryLanguage: z.literal('JSONata'),
  StartAt: z.string(),
  States: z.record(z.string(), State),
})
export type Definition = z.infer<typeof Definition>

/** Does an error match? `States.TaskFailed` stands for every error of a task except its timeout. */
export const matches = (patterns: readonly string[], error: string): boolean =>
  patterns.some(
    (pattern) =>
      pattern === error ||
      pattern === 'States.ALL' ||
      (pattern === 'States.TaskFailed' && error !== 'States.Timeout' && error !== 'States.QueryEvaluationError'),
  )

/** Seconds before retry `n` (from 0); `jitter` 0–1 is drawn for FULL. */
export const backOff = (retrier: Retrier, n: number, jitter: () => number): number => {
  const full = Math.min(retrier.IntervalSeconds * retrier.BackoffRate ** n, retrier.MaxDelaySeconds ?? 31_622_400)
  return retrier.JitterStrategy === 'FULL' ? full * jitter() : full
}
