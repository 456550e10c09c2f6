import { paginateScan } from '@aws-sdk/lib-dynamodb'
import type { OpenStack } from '#cli/aws/open-stack'
import { Attempt } from '#domain/schedule/items/attempt'

const iso = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

/** What people may know of an attempt: no tokens, and of its request the candidate that was tried last. */
export const attemptRow = (attempt: Attempt) => {
  const { job, round, state, instanceId, error, because, request } = attempt
  const tried = request.candidates[attempt.candidate]
  return {
    ...{ jobId: job, round, attempt: attempt.attempt, turn: attempt.turn, state, instanceId },
    ...{ instanceType: tried?.instanceType, market: tried?.market, subnet: tried?.subnet },
    ...{ processor: `${request.processor.name}@${request.processor.sha256}`, diskGiB: request.diskGiB },
    openedAt: iso(attempt.openedAt),
    launchedAt: iso(attempt.launchedAt),
    spotNoticeAt: iso(attempt.spotNoticeAt),
    closedAt: iso(attempt.closedAt),
    ...{ error, because },
  }
}
export type AttemptRow = ReturnType<typeof attemptRow>

/** Every attempt of every job, the oldest first. Reads the whole table `schedule`: for people, not for decisions. */
export const allAttempts = async ({ db, names }: Pick<OpenStack, 'db' | 'names'>): Promise<AttemptRow[]> => {
  const attempts: Attempt[] = []
  const question = {
    TableName: names.ScheduleTable,
    FilterExpression: 'begins_with(SK, :attempt)',
    ExpressionAttributeValues: { ':attempt': 'ATTEMPT#' },
  }
  for await (const { Items = [] } of paginateScan({ client: db }, question))
    attempts.push(...Items.map((item) => Attempt.parse(item)))
  return attempts.sort((a, b) => a.openedAt - b.openedAt).map(attemptRow)
}
