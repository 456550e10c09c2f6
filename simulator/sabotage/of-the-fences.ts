import type { Sabotage } from './sabotage.ts'

const table = 'adapters/memory/schedule-table.ts'
const launching = 'domain/launching.ts'
const carryOut = 'functions/schedule/carry-out.ts'

/** What the models showed of conditions, attempts and calls. */
export const ofTheFences: readonly Sabotage[] = [
  {
    name: 'stale-view',
    leftOut: 'decisions conditioned on the sequence number that they were read at',
    broke: 'lost wake-up',
    edits: [
      {
        file: table,
        find: '    if (now !== seq) throw',
        put: '    if (now < seq) throw',
      },
    ],
  },
  {
    name: 'attempt-is-one-token',
    leftOut: 'a retry adopts the open attempt',
    broke: 'two machines at work, two results count',
    edits: [
      {
        file: launching,
        find: "  if (last?.state === 'open') return { do: 'adopt', attempt: last }",
        put: "  if (last?.state === 'open' && last.tokens.includes(request.token)) return { do: 'adopt', attempt: last }",
      },
    ],
  },
  {
    name: 'instance-recorded-blindly',
    leftOut: 'the instance recorded on a condition',
    broke: 'two machines at work',
    edits: [
      {
        file: table,
        find: '    jobAtWork(state, job)\n',
        put: '    if (instanceId === undefined) jobAtWork(state, job)\n',
      },
      {
        file: table,
        find: '    check(state, { key: keys.attempt(...parts), rev: was })\n',
        put: '    if (instanceId === undefined) check(state, { key: keys.attempt(...parts), rev: was })\n',
      },
    ],
  },
  {
    name: 'success-not-answered',
    from: 129,
    leftOut: 'a closed success answered to a late token',
    broke: 'runs again',
    edits: [
      {
        file: launching,
        find: "  if (last?.state === 'succeeded' && last.round === request.round) return { do: 'answer-success' }\n",
        put: '',
      },
    ],
  },
  {
    name: 'launch-in-two-steps',
    leftOut: 'the job checked in the transaction that opens the attempt',
    broke: 'an attempt at work for a round that is over',
    edits: [
      { file: table, find: '    jobAtWork(state, job)\n', put: '    if (was !== undefined) jobAtWork(state, job)\n' },
    ],
  },
  {
    name: 'attempt-not-fenced',
    from: 129,
    leftOut: '`schedule` conditioned on the attempt that it read',
    broke: 'an attempt at work for a round that is over',
    edits: [{ file: table, find: '    for (const fence of fences) check(state, fence)\n', put: '' }],
  },
  {
    name: 'tokens-read-when-sent',
    from: 422,
    leftOut: 'WaitForTurn answered with the tokens of its own transaction',
    broke: 'a sound file fails',
    edits: [
      {
        file: carryOut,
        find: "    case 'answer-turn':\n      for (const token of what.tokens)\n",
        put: `    case 'answer-turn':
      for (const token of kinds.tokens.schema.parse((await acting.table.items([keys.tokens(what.job)]))[0]?.value).tokens)
`,
      },
    ],
  },
  {
    name: 'calls-not-taken-up',
    leftOut: 'calls that others left in the outbox carried out',
    broke: 'a file without an execution',
    edits: [
      {
        file: 'functions/schedule/schedule.ts',
        find: "  if (messages.some(({ kind }) => kind === 'tick')) await staleCalls(deps)\n",
        put: '',
      },
    ],
  },
  {
    name: 'orphans-not-swept',
    leftOut: 'the ends that nobody announced looked for',
    broke: 'capacity that never comes back',
    edits: [
      {
        file: 'functions/sweep/sweep.ts',
        find: '  const attempts = await findAttempts(machines, deps, now)\n',
        put: '  const attempts = { dead: 0, results: 0 }\n',
      },
      {
        file: 'functions/sweep/sweep.ts',
        find: '  const unheard = await findExecutions(deps, now)\n',
        put: '  const unheard = 0\n',
      },
    ],
  },
  {
    name: 'bad-edit-in-force',
    leftOut: 'the last good row while an edit does not parse',
    broke: 'a typing error changes who goes first',
    edits: [
      {
        file: 'domain/schedule/rows.ts',
        find: 'const good = asItStands || !key.success ? row.data : yield* get(books, goodRow, key.data.payerId, key.data.fileType)',
        put: 'const good = asItStands || !key.success ? row.data : undefined',
      },
    ],
  },
  {
    name: 'late-refusals-counted',
    leftOut: 'a machine that EC2 took back before it ran counted as a refusal, not as an attempt',
    broke: 'a sound file fails for want of capacity',
    edits: [
      {
        file: launching,
        find: "instanceId !== undefined && state !== 'refused'",
        put: 'instanceId !== undefined',
      },
    ],
  },
  {
    name: 'boots-never-forgiven',
    from: 90,
    leftOut: 'failed boots counted anew when an owner resumes',
    broke: 'a payer held for ever',
    edits: [
      {
        file: 'domain/schedule/requests.ts',
        find: 'const looped = yield* forgetBoots(books, scope.payerId)',
        put: 'const looped = false',
      },
    ],
  },
]
