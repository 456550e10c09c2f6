import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Superseded } from '#domain/ports/schedule-table'
import { stage } from '#test/functions/stage'

const model = 'domain/schedule/model-findings.test.ts'
const turns = 'domain/schedule/turns-and-fences.test.ts'
const files = 'domain/schedule/registration.test.ts'
const launch = 'functions/launch/launch.test.ts'
const here = 'lessons/what-the-models-showed.test.ts'

/** The schedule model's rows in its words: what was left out, what it broke, and the test that says so, by file and name. */
const rows: [leftOut: string, broke: string, file: string, test: string][] = [
  [
    'gate re-checked at admission',
    'claims before members',
    model,
    'the gate is looked at again at admission, though the board says ready',
  ],
  ['board changed from a stale view', 'lost wake-up', model, 'a decision on a stale view is refused whole'],
  [
    'a head that is not ready blocks',
    'deadlock, even against its own member file',
    model,
    'claims that wait for members do not keep the members from the pool',
  ],
  [
    'lane entry only when parked (ordered types)',
    'delta 2 before delta 1',
    model,
    'keeps the order of registration, not of validation',
  ],
  [
    'freed capacity not followed by admission',
    'lost wake-up',
    model,
    'freed capacity admits the next in the same decision',
  ],
  [
    'attempt = one token (retry opens a new one)',
    'two machines at work, two results count',
    launch,
    'another token adopts the open attempt and its instance; both are answered',
  ],
  [
    'last token wins',
    'stuck for ever',
    turns,
    'all tokens of the wait are answered: the last one may be the dead duplicate',
  ],
  [
    'instance recorded without a condition',
    'two machines at work',
    'functions/launch/run-machine.test.ts',
    'an instance that comes too late, because $what, is terminated and not recorded',
  ],
  [
    'closed success not answered to a late token',
    'runs again',
    launch,
    'a late token of an attempt that has succeeded is told so, and nothing runs again',
  ],
  [
    'death or timeout believed without a look in S3',
    'a success lost or redone',
    model,
    '%s, and a success in S3: succeeded',
  ],
  [
    'no memory of deleted keys',
    'a deleted file runs',
    files,
    'before its file is announced: the file is registered as withdrawn',
  ],
  [
    'unknown payer examined from a stale row',
    'held for ever',
    files,
    'the row is read when it is needed, not remembered from before',
  ],
  [
    'launch reads the job, then writes the attempt, in two steps',
    'an attempt at work for a round that is over',
    here,
    'a round that ends between launch’s look and its write gets no attempt and no machine',
  ],
  [
    '`schedule` not conditioned on the attempt it read',
    'the same',
    turns,
    'a round does not end over an attempt that was opened after the look',
  ],
  [
    '`execution ended` believed before a result or `over`',
    'a success recorded as failure',
    model,
    '%s, and a success in S3: succeeded',
  ],
  [
    'give-back without a turn number',
    'two jobs at work in a pool of one',
    turns,
    'a turn is given back only with its own number',
  ],
  [
    'WaitForTurn tokens read when the answer is sent',
    'a sound file fails',
    'functions/schedule/carry-out.test.ts',
    'answers every token of a turn, the ones it was decided with',
  ],
  [
    '`over` subtracts without looking at what is held',
    'counters below zero',
    model,
    'over for a job that holds nothing takes nothing',
  ],
  [
    'admission in a second transaction after a crash',
    'lost wake-up',
    model,
    'a duplicate looks at its pool again, for a crash may have eaten the admission',
  ],
  ['ordered entry off at admission', 'delta 2 beside delta 1', model, 'never runs delta 2 beside delta 1'],
]

/** Names of the tests of a file, as its source has them: a test that is skipped, or no more, is not among them. */
const testsOf = (file: string): string[] => {
  const source = readFileSync(join(import.meta.dirname, '..', file), 'utf8')
  const plain = [...source.matchAll(/^\s*it\('((?:[^'\\]|\\.)+)'/gm)]
  const tables = [...source.matchAll(/^\s*\](?: as const)?\)\(\s*'((?:[^'\\]|\\.)+)'/gm)]
  return [...plain, ...tables].map(([, name = '']) => name)
}

describe('what the models showed', () => {
  it.each(rows)('%s: %s', (_leftOut, _broke, file, test) => {
    expect(testsOf(file)).toContain(test)
  })

  it('is twenty rows', () => expect(new Set(rows.map(([leftOut]) => leftOut)).size).toBe(20))
})

it('a round that ends between launch’s look and its write gets no attempt and no machine', async () => {
  const world = stage()
  const job = await world.admit('acme/member/a')
  const refused: unknown[] = []
  const writeAttempt: typeof world.deps.table.writeAttempt = async (write) => {
    await world.say([{ kind: 'over', job, round: 1, error: 'States.Timeout' }])
    try {
      return await world.deps.table.writeAttempt(write)
    } catch (error) {
      refused.push(error)
      throw error
    }
  }
  await world.launch(job, 'run-1', { table: { ...world.deps.table, writeAttempt } })
  expect(refused[0]).toBeInstanceOf(Superseded)
  expect(world.job(job).status).toBe('failed')
  expect(world.attempts(job)).toEqual([])
  expect(world.state.machines.instances.size).toBe(0)
})
