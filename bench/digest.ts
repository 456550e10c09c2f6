import { afterwards, driver, parks, startsRunning } from './driver.ts'
import { lands } from './file-life.ts'
import type { World } from './memory-world.ts'

export type Digested = {
  files: number
  messages: number
  batches: number
  seconds: number
  /** Time that this process computed, of all of its threads. */
  ownSeconds: number
  messagesASecond: number
}

/** Messages of one file's life: landed, parked, running, result, over. */
export const MESSAGES_A_FILE = 5

/**
 * Whole lives of files, through the real step in batches of ten, one after the other, as one shard hears them. What is
 * around it (`launch`, machines) takes no time of the measurement.
 */
export const digest = async (world: World, files: number): Promise<Digested> => {
  const drive = driver(world.ports, Date.UTC(2026, 0, 2))
  await world.setPool(64)
  await drive.hear([{ kind: 'pool-edited', pool: 'default' }])
  for (;;) {
    // What waited before is through before the clock starts.
    await drive.goOn()
    const before = await drive.launch()
    if (before.length === 0) break
    for (const job of before) await drive.hear([drive.succeed(job), ...afterwards(job).slice(0, 1)])
  }
  drive.running.length = 0
  const facts: unknown[] = []
  const landed: unknown[] = []
  for (let n = 0; n < files; n += 1) {
    const { payerId, type } = world.lanes[n % world.lanes.length] ?? { payerId: '', type: '' }
    landed.push(lands(payerId, type, 7_000_000 + n))
  }
  let [messages, batches, seconds, ownSeconds, done] = [0, 0, 0, 0, 0]
  for (;;) {
    const batch = facts.length > 0 ? facts.splice(0, 10) : landed.splice(0, 10)
    if (batch.length === 0) break
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    await drive.hear(batch)
    const { user, system } = process.cpuUsage(cpu)
    seconds += (performance.now() - began) / 1000
    ownSeconds += (user + system) / 1e6
    messages += batch.length
    batches += 1
    // A new execution validates and parks; a machine runs, and then succeeds.
    for (const job of drive.started.splice(0)) facts.push(parks(job))
    for (const job of await drive.launch()) facts.push(startsRunning(job), drive.succeed(job))
    for (const job of drive.running.splice(0)) {
      facts.push(...afterwards(job).slice(0, 1))
      done += 1
    }
    facts.push(...drive.inbox.splice(0))
  }
  if (done !== files) throw new Error(`${done} of ${files} files are through and nothing is left to be said`)
  return { files, messages, batches, seconds, ownSeconds, messagesASecond: messages / seconds }
}
