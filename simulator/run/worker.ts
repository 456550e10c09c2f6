import { parentPort } from 'node:worker_threads'
import { judge, type Task } from './judge.ts'

// One world at a time; an error is a verdict of its own: the world could not be lived to its end.
parentPort?.on('message', async (task: Task) => {
  try {
    parentPort?.postMessage(await judge(task))
  } catch (error) {
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const broken = { acts: 0, events: 0, minutes: 0, ends: {}, story: [], storyHash: 0, journal: [] }
    parentPort?.postMessage({ seed: task.seed, violations: [{ check: 'error', at: 0, what }], ...broken })
  }
})
