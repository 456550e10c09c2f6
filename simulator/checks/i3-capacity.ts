import { PoolState } from '#domain/schedule/items/pool-state'
import { isOver } from '#domain/schedule/items/status'
import * as keys from '#domain/schedule/keys'
import type { Check } from './check.ts'
import { itemAt, lanes, scopeItem } from './referee.ts'

/** I3: capacity comes back exactly; no count of pool or scope drifts from what its jobs are. */
export const capacity: Check = {
  name: 'I3',
  onCommit(_world, { transaction }) {
    return transaction.writes.flatMap(({ key, value }) => {
      if (!key.pk.startsWith('POOL#') || key.sk !== 'STATE') return []
      const { usedVcpus, usedInstances } = PoolState.parse(value)
      return usedVcpus < 0 || usedInstances < 0 ? [`${key.pk} is below zero: ${JSON.stringify(value)}`] : []
    })
  },
  atRest(world) {
    const wrong = world.journal.repairs.map((what) => `a sum had to be put right: ${what}`)
    const jobs = [...world.journal.jobs.values()]
    for (const pool of ['p', 'q']) {
      const used = PoolState.parse(itemAt(world, keys.poolState(pool)) ?? { usedVcpus: 0, usedInstances: 0 })
      const held = jobs.filter((job) => job.held?.pool === pool)
      const vcpus = held.reduce((sum, job) => sum + (job.held?.need.vcpus ?? 0), 0)
      if (used.usedVcpus !== vcpus || used.usedInstances !== held.length)
        wrong.push(`pool ${pool} says ${JSON.stringify(used)}; its jobs hold ${vcpus} vCPUs on ${held.length}`)
      if (held.length > 0)
        wrong.push(`pool ${pool}: ${held.map(({ job, status }) => `${job} ${status}`)} holds capacity`)
    }
    for (const { scope, type } of lanes(world)) {
      const found = scopeItem(world, scope)?.types[type]
      const own = jobs.filter((job) => job.scope === scope && job.fileType === type)
      const counts = {
        unfinished: own.filter(({ status }) => !isOver(status)).length,
        running: own.filter(({ held }) => held).length,
      }
      for (const [name, count] of Object.entries(counts))
        if (Number(Reflect.get(Object(found), name)) !== count)
          wrong.push(`${scope}#${type} says ${name} ${Reflect.get(Object(found), name)}; its jobs say ${count}`)
    }
    return wrong
  },
}
