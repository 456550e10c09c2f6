import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Sabotage } from '../sabotage/sabotage.ts'
import { bundleWorker } from './bundle.ts'
import type { Task, Verdict } from './judge.ts'

export type Crew = {
  size: number
  /** One world, on a worker of this number. */
  judge(worker: number, task: Task): Promise<Verdict>
  end(): Promise<void>
}

/** So many workers as there are cores, each with the bundle of the simulator, sabotaged or not. */
export const startCrew = async (sabotage?: Sabotage, size = availableParallelism()): Promise<Crew> => {
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-faults-'))
  const file = join(folder, 'worker.mjs')
  await bundleWorker(file, sabotage)
  const workers = Array.from({ length: size }, () => new Worker(file))
  return {
    size,
    judge(n, task) {
      const worker = workers[n % size]
      if (!worker) throw new Error(`no worker ${n} of ${size}`)
      return new Promise((resolve, reject) => {
        const done = (verdict: Verdict): void => {
          worker.off('error', reject)
          resolve(verdict)
        }
        worker.once('message', done)
        worker.once('error', reject)
        worker.postMessage(task)
      })
    },
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs seeds in order on all workers until there are no more or `stop` says so. */
export const runSeeds = async (
  crew: Crew,
  { from, seeds }: { from: number; seeds: number },
  heard: (verdict: Verdict) => void,
  stop: () => boolean = () => false,
): Promise<void> => {
  let next = from
  const work = async (worker: number): Promise<void> => {
    while (next < from + seeds && !stop()) heard(await crew.judge(worker, { seed: next++ }))
  }
  await Promise.all(Array.from({ length: crew.size }, (_, worker) => work(worker)))
}
