import type { Consumed } from './consumed.ts'
import type { Counts } from './counts.ts'
import { type AtWork, afterwards, driver, parks, startsRunning } from './driver.ts'
import { lands } from './file-life.ts'
import type { World } from './memory-world.ts'
import { metered, type Ports } from './meter.ts'

type Billed = ReturnType<Consumed['take']>

/** How jobs are admitted: as results come one by one or eight in a batch, or by a ceiling that goes up by eight. */
export type Way = 'one result' | 'eight results' | 'room for eight'

/** Instances at work while it is measured; 16 so that batches of eight differ from one another. */
const SLOTS = 16
/** Replacements of admitted files have numbers beyond those that waited from the beginning. */
const FIRST_NEW = 5_000_000

/**
 * Admissions in steady state: what one end makes room for is admitted, and a new file joins the lane, so that about as
 * many wait at the end as at the beginning. Counted are the batches that admit, not those around them.
 */
export const steadyState = async (
  world: World,
  ways: readonly Way[],
  admissions: number,
): Promise<{ way: Way; counts: Counts; told: Billed | undefined }[]> => {
  const drive = driver(world.ports, Date.UTC(2026, 0, 2))
  const meter = metered(world.billed, world.ports.table)
  let room = SLOTS
  let arrived = FIRST_NEW

  let [ended, launched]: [AtWork[], AtWork[]] = [[], []]

  // Eight at a time, because on an emulator what is around an admission takes longer than the admission.
  const settle = async (): Promise<void> => {
    launched.push(...(await drive.launch()))
    if (launched.length < 8) return
    await drive.hearAll([...ended.flatMap(afterwards), ...launched.map(startsRunning)])
    const news = launched.map((_, i) => {
      const { payerId, type } = world.lanes[(arrived + i) % world.lanes.length] ?? { payerId: '', type: '' }
      return lands(payerId, type, arrived + i)
    })
    arrived += news.length
    ;[ended, launched] = [[], []]
    await drive.hearAll(news)
    await drive.hearAll(news.map(({ job }) => parks(job)))
  }
  const widen = async (by: number, through: Ports): Promise<void> => {
    room += by
    await world.setPool(room)
    await drive.hear([{ kind: 'pool-edited', pool: 'default' }], through)
  }
  const once = async (way: Way): Promise<void> => {
    if (way === 'room for eight') {
      await widen(8, meter)
      return settle()
    }
    const ending = drive.running.splice(0, way === 'one result' ? 1 : 8)
    await drive.hear(
      ending.map((job) => drive.succeed(job)),
      meter,
    )
    ended.push(...ending)
    await settle()
  }

  await widen(0, world.ports)
  await drive.goOn()
  await settle()
  const found: { way: Way; counts: Counts; told: Billed | undefined }[] = []
  for (const way of ways) {
    meter.take()
    world.consumed?.take()
    for (let admitted = 0; admitted < admissions; ) {
      await once(way)
      const now = meter.sofar().admissions
      if (now === admitted) throw new Error(`a batch of ${way} admitted nothing after ${admitted} admissions`)
      admitted = now
    }
    found.push({ way, counts: meter.take(), told: world.consumed?.take() })
  }
  return found
}
