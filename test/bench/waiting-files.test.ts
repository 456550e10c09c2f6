import { expect, it } from 'vitest'
import { driver, parks } from '../../bench/driver.ts'
import { lands } from '../../bench/file-life.ts'
import { memoryWorld } from '../../bench/memory-world.ts'

const shapes = (value: unknown): string[] => Object.keys(Object(value)).sort()

it.each(['member', 'claims'])('copies of a waiting %s file are like one that did register', async (type) => {
  const { schedule, ports } = await memoryWorld({ payers: 1, types: [type], waiting: 3 })
  const real = lands('payer-00', type, 99)
  const drive = driver(ports, Date.UTC(2026, 0, 1, 1))
  await drive.hear([real])
  await drive.hear([parks(real.job)])

  const lane = [...(schedule.partitions.get(`LANE#payer-00#${type}`)?.values ?? [])]
  expect(
    lane
      .map(([sk]) => sk)
      .sort()
      .at(-1),
  ).toContain(real.job)
  expect(lane).toHaveLength(4)
  const entries = lane.map(([, value]) => shapes(value))
  expect(new Set(entries.map(String)).size).toBe(1)
  const copy = lands('payer-00', type, 2).job
  for (const sk of ['STATE', 'TOKENS#WaitForTurn']) {
    const [mine, its] = [copy, real.job].map((job) => schedule.partitions.get(`JOB#${job}`)?.values.get(sk))
    expect(shapes(mine)).toEqual(shapes(its))
  }
  const scope = schedule.partitions.get('SCOPE#payer-00')?.values.get('STATE')
  expect(scope).toMatchObject({ types: { [type]: { unfinished: 4 } } })
})
