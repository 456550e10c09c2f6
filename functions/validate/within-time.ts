import type { Job } from '#domain/schedule/items/job'
import { ValidationTimedOut } from '#functions/validate/validate-errors'

/** For the report, the log and the answer; what is left after them is not worth a chunk. */
const RESERVE_MS = 15_000

/** The chunks, as long as there is time for them. @throws ValidationTimedOut, which says what to change */
export async function* withinTime(
  chunks: AsyncIterable<Uint8Array>,
  { payerId, fileType, bytes }: Pick<Job, 'payerId' | 'fileType' | 'bytes'>,
  remaining: () => number = () => Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let read = 0
  for await (const chunk of chunks) {
    if (remaining() < RESERVE_MS)
      throw new ValidationTimedOut(
        `${read} of ${bytes} bytes were validated in the time that a Lambda function has; ` +
          `set validateOn to instance in the row ${payerId}/${fileType}, then retry the file`,
      )
    read += chunk.length
    yield chunk
  }
}
