import * as z from 'zod'
import type { Job } from '#domain/schedule/items/job'

/** What those who wait for outputs are told of a file that has succeeded, in the pointer and in the event alike; no contents. */
export const PayerFileDone = z.object({
  payer: z.string(),
  type: z.string(),
  cycle: z.string().optional(),
  /** The last part of its key. */
  file: z.string(),
  bucket: z.string(),
  key: z.string(),
  version: z.string(),
  /** Job and round are said once by us and may be heard twice: they make an event unique. */
  job: z.string(),
  round: z.int(),
  attempts: z.int(),
  /** Place in the order of registration: of two versions of a key the newer has the greater, compared as text. */
  order: z.string(),
  output: z.object({
    bucket: z.string(),
    /** Ends in a slash; the names go behind it. */
    prefix: z.string(),
    names: z.array(z.string()),
    /** Outputs that `names` had no room for; they lie below the prefix as well. */
    moreNames: z.int(),
  }),
  /** What the validator counted. */
  counts: z.record(z.string(), z.number()),
  /** The validator's report, a key of the output's bucket. */
  report: z.string().optional(),
  /** By type, the jobs whose success let this one go. */
  ranAfter: z.record(z.string(), z.string()),
  /** ISO 8601, UTC. */
  registeredAt: z.string(),
  startedAt: z.string().optional(),
  endedAt: z.string(),
})
export type PayerFileDone = z.infer<typeof PayerFileDone>

/** S3 takes keys of 1,024 bytes, and a file may have one of nearly that. */
const MAX_KEY = 1024

/** EventBridge takes 262,144 bytes an event; half of it for names leaves room for all else. */
const MAX_NAMES_BYTES = 131_072

const bytesOf = (text: string): number => encodeURIComponent(text).replace(/%../g, '.').length

const namesThatFit = (names: readonly string[]): string[] => {
  let left = MAX_NAMES_BYTES
  return names.filter((name) => {
    // Quotes and a comma go along.
    left -= bytesOf(name) + 3
    return left >= 0
  })
}

const iso = (millis: number): string => new Date(millis).toISOString()

/** Where the pointer of a file lies in the results bucket: the same for every version of its key, unless that leaves no room. */
export const pointerKey = ({
  payer,
  type,
  job,
  key,
}: Pick<PayerFileDone, 'payer' | 'type' | 'job' | 'key'>): string => {
  const plain = `done/${key}.json`
  return bytesOf(plain) <= MAX_KEY ? plain : `done/${payer}/${type}/${job}.json`
}

/** What is told of a job that has succeeded; undefined of any other. */
export const payerFileDone = (job: Job, resultsBucket: string): PayerFileDone | undefined => {
  const { cycle, report, startedAt, endedAt, output } = job
  if (job.status !== 'succeeded' || output === undefined || endedAt === undefined) return undefined
  const names = namesThatFit(output.names)
  return {
    payer: job.payerId,
    type: job.fileType,
    ...(cycle === undefined ? {} : { cycle }),
    file: job.fileName,
    bucket: job.bucket,
    key: job.key,
    version: job.version,
    job: job.job,
    round: job.round,
    attempts: job.attempts ?? 1,
    order: job.order,
    output: { bucket: resultsBucket, prefix: output.prefix, names, moreNames: output.names.length - names.length },
    counts: job.counts ?? {},
    ...(report === undefined ? {} : { report }),
    ranAfter: job.ranAfter ?? {},
    registeredAt: iso(job.registeredAt),
    ...(startedAt === undefined ? {} : { startedAt: iso(startedAt) }),
    endedAt: iso(endedAt),
  }
}

/** Whether what stands in a pointer is of the same version or of a later one, so that it must stay. */
export const isAtLeast = (standing: unknown, done: PayerFileDone): boolean => {
  const read = PayerFileDone.pick({ order: true }).safeParse(standing)
  return read.success && read.data.order >= done.order
}
