import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { seconds } from '#cli/screen/seconds'
import { type Terminal, terminal } from '#cli/screen/terminal'
import { withinScreen } from '#cli/screen/within-screen'

export type WatchOptions = { readonly watch?: number | true; readonly json?: boolean }

/** What a command shows: a value for programs, lines for people. */
export type Look = {
  readonly value: unknown
  /** Where the height has an end, what is beyond it is cut: who knows what matters leaves out the rest. */
  readonly lines: (shown: Terminal) => readonly string[]
  /** What a log gets with --watch in place of all lines again. */
  readonly changes?: () => readonly string[]
  /** Nothing will change any more. */
  readonly over?: boolean
}

/** A look costs a few requests for each job that is open. */
const EVERY_SECONDS = 2

export const addWatchOption = (command: Command): Command =>
  command.option('--watch [seconds]', `look again every so often (default: ${EVERY_SECONDS}), until Ctrl-C`, seconds)

type Seams = { readonly write?: (text: string) => void; readonly look?: () => Terminal }

/**
 * Looks once; or, with --watch, again and again until it is over or told to stop: in place on a terminal, as much as it
 * has room for, else whenever something has changed (with --json one line each). That time passes is no change.
 */
export const watched = async (
  { watch, json }: WatchOptions,
  look: () => Promise<Look>,
  { write = (text) => void process.stdout.write(text), look: screen = terminal }: Seams = {},
): Promise<void> => {
  const say = (lines: readonly string[]) => write(lines.map((line) => `${line}\n`).join(''))
  const endless = () => ({ ...screen(), height: Number.POSITIVE_INFINITY })
  if (watch === undefined) {
    const { value, lines } = await look()
    return say(json ? [JSON.stringify(value, null, 2)] : lines(endless()))
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const every = (watch === true ? EVERY_SECONDS : Math.max(0.5, watch)) * 1000
  for (let before = ''; !stop.signal.aborted; ) {
    const { value, lines, changes, over } = await look()
    const shown = screen()
    const now = JSON.stringify(value)
    if (shown.interactive && !json) {
      const room = { ...shown, height: shown.height - 1 } // the cursor has a row of its own
      write(`\x1b[H\x1b[J${withinScreen(lines(room), room).join('\n')}\n`)
    } else if (changes && !json) {
      const news = changes()
      if (news.length > 0) say(news)
      else if (before === '') say(lines(endless()))
    } else if (now !== before) say(json ? [now] : lines(endless()))
    if (over) return
    before = now
    await pause(every, undefined, { signal: stop.signal }).catch(() => {})
  }
}
