import type { Sabotage } from './sabotage.ts'

const admission = 'domain/schedule/admission.ts'
const facts = 'domain/schedule/facts.ts'
const register = 'domain/schedule/register.ts'
const decide = 'domain/schedule/decide.ts'

/** What the models showed of the scheduler itself: gates, lanes, pools, tokens. */
export const ofTheScheduler: readonly Sabotage[] = [
  {
    name: 'gate-not-rechecked',
    from: 422,
    leftOut: 'gate re-checked at admission',
    broke: 'claims before members',
    edits: [
      { file: admission, find: '    yield* refreshOrHold(books, top.value.scope, top.value.type)\n', put: '' },
      {
        file: admission,
        find: '    if (!view?.readiness.ready || !row) return left\n    const { need } = view.readiness\n',
        put: '    if (!view || !row) return left\n    const need = view.readiness.ready ? view.readiness.need : { vcpus: 2, instances: 1 }\n',
      },
    ],
  },
  {
    name: 'unready-head-blocks',
    leftOut: 'a head that is not ready lets others pass',
    broke: 'deadlock, even against its own member file',
    edits: [{ file: 'domain/schedule/lanes.ts', find: '    view && readiness?.ready\n', put: '    view\n' }],
  },
  {
    name: 'entry-only-when-parked',
    leftOut: 'lane entry from registration on (ordered types)',
    broke: 'delta 2 before delta 1',
    edits: [
      {
        file: register,
        find: '  if (policy.ordered)\n    put(books, kinds.laneEntry',
        put: '  if (policy.ordered && job.order === "")\n    put(books, kinds.laneEntry',
      },
    ],
  },
  {
    name: 'freed-capacity-unnoticed',
    leftOut: 'freed capacity followed by admission',
    broke: 'lost wake-up',
    edits: [{ file: admission, find: '  books.pools.add(pool)\n}', put: '}' }],
  },
  {
    name: 'last-token-wins',
    leftOut: 'all tokens of a wait kept',
    broke: 'stuck for ever',
    edits: [{ file: facts, find: 'tokens: [...tokens, message.token].slice(-50)', put: 'tokens: [message.token]' }],
  },
  {
    name: 'death-believed',
    leftOut: 'a look in S3 before a death is believed',
    broke: 'a success lost or redone',
    edits: [
      {
        file: facts,
        find: '  if (written && prefix !== undefined) return yield* applyResult(books, found.job, found.attempt, prefix, written)\n  if (!(yield',
        put: '  if (!(yield',
      },
    ],
  },
  {
    name: 'deletions-forgotten',
    leftOut: 'memory of deleted keys',
    broke: 'a deleted file runs',
    edits: [
      {
        file: register,
        find: '  if (before && !isNewer(message.sequencer, before.sequencer)) return\n',
        put: '  if (!before || !isNewer(message.sequencer, before.sequencer)) return\n',
      },
    ],
  },
  {
    name: 'held-files-not-looked-at',
    leftOut: 'held files examined anew, by the row as it is, when it appears',
    broke: 'held for ever',
    edits: [
      {
        file: 'domain/schedule/edits.ts',
        find: "      if (job?.status === 'registered') yield* enter(books, job)\n",
        put: '',
      },
    ],
  },
  {
    name: 'end-believed',
    from: 36,
    leftOut: 'a look in S3 before `over` or `execution ended` is believed',
    broke: 'a success recorded as failure',
    edits: [
      {
        file: facts,
        find: "    if (yield* successInStore(books, job, attempt)) return\n    closeAttempt(books, attempt, { state: 'stopped', error: 'RoundIsOver'",
        put: "    closeAttempt(books, attempt, { state: 'stopped', error: 'RoundIsOver'",
      },
    ],
  },
  {
    name: 'give-back-without-turn',
    from: 443,
    leftOut: 'a turn is given back only with its own number',
    broke: 'two jobs at work in a pool of one',
    edits: [
      { file: facts, find: '= message.refusedTurn === job.turn', put: '= (message.refusedTurn ?? 0) > 0' },
      { file: facts, find: "if (givesBack && last?.state !== 'open')", put: 'if (givesBack)' },
    ],
  },
  {
    name: 'over-subtracts-blindly',
    leftOut: '`over` gives back only what is held',
    broke: 'counters below zero',
    edits: [
      {
        file: admission,
        find: '  if (!job.held || job.scope === undefined) return\n  const { pool, need } = job.held\n',
        put: "  if (job.scope === undefined) return\n  const { pool, need } = job.held ?? { pool: 'p', need: { vcpus: 2, instances: 1 } }\n",
      },
    ],
  },
  {
    name: 'admission-in-a-second-step',
    leftOut: 'admission in the transaction that made it possible',
    broke: 'lost wake-up',
    edits: [
      {
        file: decide,
        find: '  yield* settle(books)\n',
        put: "  yield* settle(books, messages.some(({ kind }) => kind === 'pool-edited'))\n",
      },
      {
        file: decide,
        find: 'function* settle(books: Books): Deciding<void> {',
        put: 'function* settle(books: Books, admits: boolean): Deciding<void> {',
      },
      {
        file: decide,
        find: '      books.pools.delete(pool)\n',
        put: '      books.pools.delete(pool)\n      if (!admits) continue\n',
      },
      {
        file: 'functions/schedule/schedule.ts',
        find: '    await carryOut(decision.calls, deps)\n  }\n',
        put: `    await carryOut(decision.calls, deps)
    if (decision.writes.length > 0)
      for (const pool of ['p', 'q'])
        for (const second of await decideAndCommit([{ kind: 'pool-edited', pool }], deps)) await carryOut(second.calls, deps)
  }
`,
      },
    ],
  },
  {
    name: 'ordered-entry-leaves-at-admission',
    leftOut: 'ordered entry stays until the end',
    broke: 'delta 2 beside delta 1',
    edits: [
      {
        file: admission,
        find: "  if (policy.ordered) put(books, kinds.laneEntry, [...lane], { ...head, state: 'started' })\n  else remove(",
        put: '  remove(',
      },
      {
        file: 'domain/schedule/readiness.ts',
        find: "  if (policy.ordered && running > 0) return no('running-ahead', 'another file of this lane is at work')\n",
        put: '',
      },
    ],
  },
]
