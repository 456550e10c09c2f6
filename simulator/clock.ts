/** Virtual time, milliseconds since the epoch. `quiet` timers do not count as something still to happen. */
export type Clock = {
  now(): number
  after(milliseconds: number, what: () => unknown, quiet?: 'quiet'): Cancel
  /** Runs the next event and everything that follows from it at that instant. False: nothing is left. */
  step(): Promise<boolean>
  /** Events that still count, cancelled ones left out. */
  pending(): number
}
export type Cancel = () => void

type Timer = { at: number; n: number; what: (() => unknown) | undefined; quiet: boolean }

const before = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.n < b.n)

/** A binary heap: first by time, then by order of asking. */
const heap = () => {
  const list: Timer[] = []
  const at = (i: number): Timer => {
    const found = list[i]
    if (!found) throw new Error(`no timer at ${i} of ${list.length}`)
    return found
  }
  const swap = (i: number, j: number): void => {
    const [a, b] = [at(i), at(j)]
    list[i] = b
    list[j] = a
  }
  return {
    push(timer: Timer): void {
      list.push(timer)
      for (let i = list.length - 1; i > 0; ) {
        const up = (i - 1) >> 1
        if (!before(at(i), at(up))) return
        swap(i, up)
        i = up
      }
    },
    pop(): Timer | undefined {
      const top = list[0]
      const last = list.pop()
      if (!top || !last || list.length === 0) return top
      list[0] = last
      for (let i = 0; ; ) {
        const [left, right] = [2 * i + 1, 2 * i + 2]
        let least = i
        if (left < list.length && before(at(left), at(least))) least = left
        if (right < list.length && before(at(right), at(least))) least = right
        if (least === i) return top
        swap(i, least)
        i = least
      }
    },
  }
}

/**
 * All promises that can go on have gone on: ticks run when the queue of microtasks is empty. (So do immediates, but each of
 * them waits for a turn of Node's loop: a tenth of a world's time.)
 */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))

export const clockFrom = (start: number): Clock => {
  const timers = heap()
  let now = start
  let n = 0
  let counted = 0
  return {
    now: () => now,
    after(milliseconds, what, quiet) {
      const timer: Timer = { at: now + Math.max(0, Math.round(milliseconds)), n: n++, what, quiet: quiet === 'quiet' }
      timers.push(timer)
      if (!timer.quiet) counted += 1
      return () => {
        if (timer.what && !timer.quiet) counted -= 1
        timer.what = undefined
      }
    },
    async step() {
      for (;;) {
        const timer = timers.pop()
        if (!timer) return false
        const { what } = timer
        if (!what) continue
        timer.what = undefined
        if (!timer.quiet) counted -= 1
        now = timer.at
        const going = what()
        await settled()
        if (going instanceof Promise) await going
        return true
      }
    },
    pending: () => counted,
  }
}
