import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { seconds } from '#cli/seconds'
import { type Terminal, terminal } from '#cli/terminal'

export type WatchOptions = { readonly watch?: number | true; readonly json?: boolean }

/** What a command shows: a value for programs, lines for people. */
export type Look = {
  readonly value: unknown
  readonly lines: (shown: Terminal) => readonly string[]
  /** Nothing will change any more. */
  readonly over?: boolean
}

/** A look costs a few requests for each job that is open. */
const EVERY_SECONDS = 2

export const addWatchOption = (command: Command): Command =>
  command.option('--watch [seconds]', `look again every so often (default: ${EVERY_SECONDS}), until Ctrl-C`, seconds)

/**
 * Looks once; or, with --watch, again and again until it is over or told to stop: in place on a terminal, else whenever
 * something has changed (with --json one line each).
 */
export const watched = async ({ watch, json }: WatchOptions, look: () => Promise<Look>): Promise<void> => {
  const write = (text: string) => void process.stdout.write(text)
  if (watch === undefined) {
    const { value, lines } = await look()
    return write(json ? `${JSON.stringify(value, null, 2)}\n` : `${lines(terminal()).join('\n')}\n`)
  }
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort())
  const every = (watch === true ? EVERY_SECONDS : Math.max(0.5, watch)) * 1000
  for (let before = ''; !stop.signal.aborted; ) {
    const { value, lines, over } = await look()
    const shown = terminal()
    const text = json ? JSON.stringify(value) : lines(shown).join('\n')
    if (shown.interactive && !json)
      write(
        `\x1b[H\x1b[J${text
          .split('\n')
          .slice(0, shown.height - 1)
          .join('\n')}\n`,
      )
    else if (text !== before) write(`${text}\n`)
    if (over) return
    before = text
    await pause(every, undefined, { signal: stop.signal }).catch(() => {})
  }
}
