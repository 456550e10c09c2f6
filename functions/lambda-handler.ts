import { Logger } from '@aws-lambda-powertools/logger'
import middy from '@middy/core'
import { embedded } from '#functions/embedded-metrics'
import type { Log } from '#functions/log'

const logOf = (logger: Logger): Log => ({
  about: (facts) => logger.appendKeys(facts),
  info: (sentence, facts = {}) => logger.info(sentence, facts),
  warn: (sentence, facts = {}) => logger.warn(sentence, facts),
  error: (sentence, facts = {}) => logger.error(sentence, facts),
  // Not through the console, whose lines Lambda wraps in JSON of its own, which CloudWatch would not read as metrics.
  measure: (measures) => {
    for (const line of embedded(measures, Date.now())) process.stdout.write(`${line}\n`)
  },
})

/**
 * The one middy stack around every step: request id in every line, and an escaped error logged once before Lambda sees it.
 * Returns the wrapped function (`middy(fn).use()` as a statement would not).
 */
export const lambdaHandler = <R>(
  step: string,
  run: (event: unknown, log: Log, remaining: () => number) => Promise<R>,
) => {
  const logger = new Logger({ serviceName: step })
  return middy()
    .before(({ context }) => {
      logger.resetKeys()
      logger.appendKeys({ requestId: context.awsRequestId })
    })
    .onError(({ error }) => logger.error('the step failed', { failed: error?.name, reason: error?.message }))
    .handler((event: unknown, context) => run(event, logOf(logger), () => context.getRemainingTimeInMillis()))
}
