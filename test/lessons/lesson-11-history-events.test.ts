import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sweep } from '#functions/sweep/sweep'
import { projectFolder } from '#local/project-folder'
import { stage } from '#test/functions/stage'
import { acme } from '#test/support/acme'
import { jobOf, landed, parked, refused } from '#test/support/file-life'

const State = z.object({ Type: z.string(), Resource: z.string().default('') })
const machine = z
  .object({ States: z.record(z.string(), State) })
  .parse(JSON.parse(readFileSync(join(projectFolder, 'statemachines/payer-file.asl.json'), 'utf8')))

/** An execution ends with its 25,000th event. A task with a token: entered, scheduled, started, submitted, ended, exited. */
const MAX_EVENTS = 25_000
const EVENTS_A_TASK = 6

describe('lesson 11: 25,000 history events end an execution', () => {
  it('nothing polls: no Wait, no Choice; both waits are parked on tokens', () => {
    const types = Object.values(machine.States).map(({ Type }) => Type)
    expect(types.filter((type) => !['Task', 'Fail'].includes(type))).toEqual([])
    for (const wait of ['WaitForTurn', 'RunOnInstance'])
      expect(machine.States[wait]?.Resource).toMatch(/\.waitForTaskToken$/)
  })

  it('a file that waits a day for its gate costs its execution nothing: one token, one answer', async () => {
    const world = stage()
    const job = await world.admit('acme/claims/c')
    let asked = 0
    const counted = async () => {
      asked += 1
    }
    const executions = { ...world.deps.executions, start: counted, succeed: counted, fail: counted }
    for (let look = 0; look < 288; look += 1) {
      world.clock.now += 300_000
      await sweep(world.deps)
      await world.say(
        world.heard().map(({ message }) => message),
        1,
        { executions },
      )
    }
    expect([asked, world.job(job).status]).toEqual([0, 'waiting'])
    await world.succeed('acme/member/m')
    expect(world.answer(`${job}-turn`)).toMatchObject({ output: { turn: 1 } })
  })

  it('three days without capacity at EC2 fit: the pause between two turns grows to minutes', () => {
    const world = acme(1)
    const job = jobOf('acme/member/m')
    const began = world.now
    world.run([landed('acme/member/m')])
    world.run([parked(job)])
    let turns = 0
    while (world.now - began < 3 * 86_400_000) {
      turns += 1
      world.run([refused(job, turns, `t${turns}`)])
      const [due] = world.under('DUE#main')
      world.now = Number(due?.sk.split('#')[0])
      world.run([{ kind: 'due', sk: due?.sk ?? '', scope: 'acme' }])
    }
    expect(world.job(job)).toMatchObject({ status: 'starting', turn: turns + 1 })
    expect(turns * 2 * EVENTS_A_TASK).toBeLessThan(MAX_EVENTS / 2)
  })

  it('the token of a redriven round that is over is refused by name', async () => {
    const world = stage()
    const job = await world.succeed('acme/member/m')
    await world.say([world.parked(job, 'redriven')])
    expect(world.answer('redriven')).toMatchObject({ error: 'RoundIsOver' })
  })
})
