import type { Job } from '#domain/schedule/items/job'
import { isOver } from '#domain/schedule/items/status'
import { Tokens } from '#domain/schedule/items/tokens'
import * as keys from '#domain/schedule/keys'
import type { World } from '../world/world.ts'
import type { Check } from './check.ts'
import { itemAt, lanes, standing, under } from './referee.ts'

/** Reasons that only a person or another file changes. */
const stays =
  /^((\w+)-(blocking|missing|unfinished)|held-by-owner|paused|unknown-pool|pool-paused|never-fits|head-(failed|rejected))$/

const leftovers = (world: World): string[] => {
  const wrong: string[] = []
  for (const pk of [keys.CALLS, keys.OPEN, keys.DUE, 'QUARANTINE#main'])
    for (const [sk, value] of under(world, pk)) wrong.push(`${pk} still holds ${sk}: ${JSON.stringify(value)}`)
  for (const body of world.pump.dead) wrong.push(`a message was set aside: ${body}`)
  return wrong
}

const held = (world: World, job: Job): string[] => {
  if (job.status === 'registered')
    return world.inForce.knows(job.payerId) ? [`${job.key} (${job.job}) is held: ${job.because}`] : []
  if (job.status !== 'waiting') return [`${job.key} (${job.job}) is ${job.status} for ever`]
  const execution = world.machine.executions.get(job.execution ?? '')
  if (execution?.status !== 'RUNNING') return [`${job.key} (${job.job}) waits, its execution is ${execution?.status}`]
  const known = Tokens.parse(itemAt(world, keys.tokens(job.job)) ?? { round: 0, tokens: [] })
  return execution.token !== undefined && known.tokens.includes(execution.token)
    ? []
    : [`${job.key} (${job.job}) waits in ${execution.state} with a token that the scheduler does not know`]
}

/** I9: at rest nothing that could move is waiting, and no call is open. */
export const nothingWaits: Check = {
  name: 'I9',
  atRest(world) {
    const wrong = leftovers(world)
    for (const job of world.journal.jobs.values()) if (!isOver(job.status)) wrong.push(...held(world, job))
    for (const { name, input, status, state } of world.machine.executions.values()) {
      const job = world.journal.jobs.get(String(input['job']))
      if (status === 'RUNNING' && job && isOver(job.status))
        wrong.push(`execution ${name} is in ${state}, its job is ${job.status}`)
    }
    for (const { scope, type } of lanes(world)) {
      const found = standing(world, scope, type)
      if (found && !stays.test(found.because))
        wrong.push(`${scope}#${type} stands still behind ${found.head.key} (${found.head.job}): ${found.because}`)
    }
    return wrong
  },
}
