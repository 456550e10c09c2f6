import { setTimeout as pause } from 'node:timers/promises'
import { liveInstances } from '#cli/jobs/live-instances'
import { scanJobs } from '#cli/jobs/live-jobs'
import { isOver } from '#domain/schedule/items/status'
import { judge } from '#local/chaos/judge'
import { observe } from '#local/chaos/observed'
import { kinds, type Plan } from '#local/chaos/plan'
import { type Summary, summaryOf } from '#local/chaos/summary'
import { type ChaosWorld, startChaosWorld } from '#local/chaos/world'
import { Fault } from '#local/hypervisor/fault'
import { injectFaults } from '#local/inject-faults'

export type ChaosOptions = {
  readonly folder: string
  readonly plan: Plan
  readonly payers: number
  readonly instances: number
  /** All events of EC2, and S3's of results and progress, are lost. */
  readonly noEvents: boolean
  /** Between two looks of the sweep at everything, on top of its own every five minutes; 0: no more than its own. */
  readonly sweepSeconds: number
  /** With a machine that nobody owns and whose lease is long: two looks and their graces take over three minutes. */
  readonly orphan: boolean
  readonly timeoutMinutes: number
  readonly realCli: boolean
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

export type ChaosResult = { readonly summary: Summary; readonly wrong: readonly string[]; readonly seconds: number }

const POLL_MS = 2000
const STRAY_LEASE_SECONDS = 20

/** Drops files into a world where everything goes wrong, waits until nothing is left to do, and judges. */
export const runChaos = async (options: ChaosOptions): Promise<ChaosResult> => {
  const { plan, noEvents, say } = options
  const world = await startChaosWorld(options)
  try {
    const began = Date.now()
    if (noEvents) await injectFaults(world.local, silence)
    const strays = [await world.stray(STRAY_LEASE_SECONDS)]
    if (options.orphan) strays.push(await world.stray(3600))
    // Only now: the throttles are for the launcher.
    await world.injectForAll(plan)
    say(`Dropping ${plan.files.length} files; nobody owns ${strays.join(', ')}`)
    for (const file of plan.files) await world.drop(file)
    const sweeping = sweepOften(world, options)
    const done = await untilOver(world, options, began)
    await sweeping.stop()
    const observed = await observe(world)
    const late = done ? [] : [`not over after ${options.timeoutMinutes} minutes`]
    const seconds = (Date.now() - began) / 1000
    return {
      summary: summaryOf(observed, noEvents ? [] : kinds),
      wrong: [...late, ...judge(plan.files, observed)],
      seconds,
    }
  } finally {
    await world.stop()
  }
}

const silence = [
  { type: 'lose-events', source: 'ec2', count: 'always' },
  { type: 'lose-events', source: 's3', key: '/result.json', count: 'always' },
  { type: 'lose-events', source: 's3', key: '/progress.json', count: 'always' },
].map((fault) => Fault.parse(fault))

const sweepOften = (world: ChaosWorld, { sweepSeconds, say }: ChaosOptions) => {
  const ended = new AbortController()
  const loop = async () => {
    while (sweepSeconds > 0 && !ended.signal.aborted) {
      await world.sweep().catch((error: unknown) => say(String(error)))
      await pause(sweepSeconds * 1000, undefined, { signal: ended.signal }).catch(() => {})
    }
  }
  const running = loop()
  return {
    async stop() {
      ended.abort()
      await running
    },
  }
}

/** Every file has a job that is over, and no machine is there; twice in a row, for two looks are no transaction. */
const untilOver = async (world: ChaosWorld, options: ChaosOptions, began: number): Promise<boolean> => {
  const { plan, timeoutMinutes, say, signal } = options
  const files = plan.files.length
  let before = false
  let said = ''
  for (;;) {
    const instances = await liveInstances(world.stack)
    const jobs = await scanJobs(world.stack)
    const over = jobs.filter(({ status }) => isOver(status)).length
    const alive = instances.filter(({ state }) => state !== 'terminated').length
    const line = `${over} of ${files} files over, ${alive} machines`
    if (line !== said) say(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${line}`)
    said = line
    const done = over === files && alive === 0
    if (done && before) return true
    before = done
    if (signal?.aborted || Date.now() - began > timeoutMinutes * 60_000) return false
    await pause(POLL_MS, undefined, signal && { signal }).catch(() => {})
  }
}
