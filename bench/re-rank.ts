import { driver } from './driver.ts'
import { memoryWorld } from './memory-world.ts'
import { metered } from './meter.ts'

export type ReRanked = {
  lanes: number
  waiting: number
  items: number
  itemsALane: number
  shared: number
  messages: number
}

/** The payer's lanes, in which its files wait. */
const TYPES = ['claims', 'encounters', 'pharmacy']

/** Items that are neither of a lane nor of a file: the shard, the last good row, what the editor sees of it. */
const SHARED = ['SHARD', 'PAYER', 'CALL row-status', 'CALL send']

/**
 * A payer with many waiting files gets another priority: everything that is written until no message is left of the edit.
 * The pool is full, so that nothing is admitted meanwhile.
 */
export const reRank = async (waiting: number): Promise<ReRanked> => {
  const world = await memoryWorld({ payers: 2, types: TYPES, waiting: waiting * 2 })
  const drive = driver(world.ports, Date.UTC(2026, 0, 2))
  await world.setPool(2)
  await drive.hear([{ kind: 'pool-edited', pool: 'default' }])
  await drive.goOn()

  const payerId = world.lanes.at(-1)?.payerId ?? ''
  await world.setRow({ payerId, fileType: '*', priority: 900 })
  const meter = metered(world.billed, world.ports.table)
  await drive.hear([{ kind: 'row-edited', payerId, fileType: '*' }], meter)
  const messages = 1 + drive.inbox.length
  await drive.goOn(meter)

  const [first] = (await world.ports.table.page({ pk: 'POOL#default', prefix: 'BOARD#', limit: 1 })).items
  if (!first?.sk.includes(`#${payerId}#`)) throw new Error(`${payerId} has priority 900 and is not first: ${first?.sk}`)
  const kinds = Object.entries(meter.take().writtenKinds)
  const total = kinds.reduce((sum, [, n]) => sum + n, 0)
  const shared = kinds.filter(([kind]) => SHARED.includes(kind)).reduce((sum, [, n]) => sum + n, 0)
  const lanes = TYPES.length
  return { lanes, waiting, items: total, itemsALane: (total - shared) / lanes, shared, messages }
}
