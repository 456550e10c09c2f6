/** Step Functions, as far as the scheduler uses it. Every method is one request. */
export type Executions = {
  /** The same name and input again is a success: the round has its execution. */
  start(execution: { name: string; input: Record<string, unknown> }): Promise<void>
  /** Executions that ended with this status, newest first: one page of at most 100. */
  ended(status: 'FAILED' | 'ABORTED' | 'TIMED_OUT'): Promise<{ name: string; endedAt: number }[]>
  /** A token that is closed, timed out or unknown counts as answered. */
  succeed(token: string, output: Record<string, unknown>): Promise<void>
  fail(token: string, error: string, cause: string): Promise<void>
}
