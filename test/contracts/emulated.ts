import { setTimeout as pause } from 'node:timers/promises'
import { startTestEmulator } from '#test/support/emulator'

/** What an SDK client needs to reach an emulator of its own, and how to end that. */
export const emulated = async () => {
  const emulator = await startTestEmulator()
  return {
    config: {
      endpoint: emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    awsCli: emulator.awsCli,
    stop: emulator.stop,
  }
}
export type Emulated = Awaited<ReturnType<typeof emulated>>

/** Asks until there is an answer, for 15 s. */
export const eventually = async <T>(what: string, ask: () => Promise<T | undefined>): Promise<T> => {
  for (let left = 150; left > 0; left -= 1) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await pause(100)
  }
  throw new Error(`15 s went by without ${what}`)
}
