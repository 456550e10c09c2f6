import { isDeepStrictEqual } from 'node:util'
import type { Question } from '#domain/schedule/books'
import { type Decision, decide } from '#domain/schedule/decide'
import { canonical, digestOf, plain, type Recorded, recordedOf, type Transcript } from '#functions/schedule/transcript'

export type Replayed = { same: true } | { same: false; difference: string }

const different = (difference: string): Replayed => ({ same: false, difference })

/** Decides again on what was heard then, and compares. The first difference is told by item or call, and field. */
export const replay = (transcript: Transcript): Replayed => {
  if (digestOf(transcript.decision) !== transcript.digest)
    return different('the record itself was changed: its decision does not have its digest')
  let decision: Decision | string
  try {
    decision = decideAgain(transcript)
  } catch (error) {
    return different(`it now fails: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`)
  }
  if (typeof decision === 'string') return different(decision)
  const now = recordedOf(decision)
  return digestOf(now) === transcript.digest ? { same: true } : different(firstDifference(transcript.decision, now))
}

/** The decision, or what it asks that was not asked then. */
const decideAgain = ({ messages, now, heard }: Transcript): Decision | string => {
  const left = heard.map(({ question, answer }) => ({ asked: canonical(question), answer }))
  const deciding = decide(messages, now)
  let step = deciding.next()
  while (!step.done) {
    const asked = canonical(plain(step.value))
    const at = left.findIndex((each) => each.asked === asked)
    if (at < 0) return `it now asks what it did not ask then: ${described(step.value)}`
    const [found] = left.splice(at, 1)
    step = deciding.next(found?.answer)
  }
  return step.value
}

const described = (question: Question): string => {
  switch (question.ask) {
    case 'items':
      return `items ${question.keys.map(({ pk, sk }) => `${pk} ${sk}`).join(', ')}`
    case 'page':
      return `items of ${question.pk} from ${JSON.stringify(question.prefix)}`
    case 'count':
      return `how many items ${question.pk} holds`
    case 'policy-rows':
      return `rows of payer ${question.payerId}`
    case 'pool-row':
      return `pool ${question.pool}`
    case 'result':
      return `result ${question.key}`
    case 'machine':
      return `instance ${question.instanceId}`
  }
}

/** What a decision is made of, each part under the name that a person knows it by. */
const partsOf = ({ writes, fences, calls, quarantined }: Recorded): Map<string, unknown> =>
  new Map<string, unknown>([
    ...writes.map(({ key, value }) => [`item ${key.pk} ${key.sk}`, value ?? 'deleted'] as const),
    ...calls.map(({ what }, n) => [`call ${n + 1} (${Reflect.get(Object(what), 'call')})`, what] as const),
    ...fences.map(({ key, rev }) => [`fence on ${key.pk} ${key.sk}`, rev ?? 'absent'] as const),
    ...quarantined.map((each, n) => [`quarantined message ${n + 1}`, each] as const),
  ])

const firstDifference = (recorded: Recorded, now: Recorded): string => {
  const [then, again] = [partsOf(recorded), partsOf(now)]
  for (const [part, value] of then) {
    if (!again.has(part)) return `${part} is not decided any more; it was ${shown(value)}`
    if (!isDeepStrictEqual(value, again.get(part))) return `${part}: ${inside(value, again.get(part))}`
  }
  for (const [part, value] of again)
    if (!then.has(part)) return `${part} was not decided then; it is now ${shown(value)}`
  return 'the same items and calls, but not the same record'
}

/** Goes down to the first field that differs. */
const inside = (then: unknown, now: unknown, path = ''): string => {
  if (isObject(then) && isObject(now))
    for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
      const [a, b]: unknown[] = [Reflect.get(then, name), Reflect.get(now, name)]
      if (!isDeepStrictEqual(a, b)) return inside(a, b, path === '' ? name : `${path}.${name}`)
    }
  return `${path === '' ? 'it' : path} was ${shown(then)}, is now ${shown(now)}`
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const shown = (value: unknown): string => {
  const text = value === undefined ? 'absent' : JSON.stringify(value)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
