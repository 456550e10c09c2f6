import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { endProcesses } from '#local/end-process'
import { ownerMark, type StateFolder } from '#local/state-folder'

export type OwnedProcess = {
  readonly pid: number
  /** The first line on its standard output; undefined when it ended without one. */
  readonly firstLine: Promise<string | undefined>
  /** Resolves with the reason when it ends, for whatever reason. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

type Start = {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly logFile: string
}

/**
 * Starts a process that ends with us. It has a process group of its own, so that Ctrl-C reaches us only and we end
 * things in order; its standard input is a pipe from us, whose end tells it that we are gone.
 */
export const startOwnedProcess = async (start: Start, state: StateFolder): Promise<OwnedProcess> => {
  const log = await open(start.logFile, 'a', 0o600)
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: { ...start.env, [ownerMark]: state.owner },
    stdio: ['pipe', 'pipe', log.fd],
    detached: true,
  })
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('exit', (code, signal) => resolve(`exit ${code ?? signal}`))
  })
  const { pid, stdin, stdout } = child
  if (pid === undefined || stdin === null || stdout === null) {
    await log.close()
    throw new Error(`The ${start.name} could not be started (${start.command}): ${await ended}`)
  }
  stdin.on('error', () => {}) // it ended first: `ended` says so
  const firstLine = readFirstLine(stdout, log)
  await state.record({ name: start.name, pid })
  return { pid, firstLine, ended, stop: () => endProcesses([pid]) }
}

/** Everything that it writes goes to its log; the first line also to whoever waits for it. */
const readFirstLine = (stdout: NodeJS.ReadableStream, log: { write(text: string): unknown; close(): unknown }) =>
  new Promise<string | undefined>((resolve) => {
    const lines = createInterface({ input: stdout })
    lines.on('line', (line) => {
      resolve(line)
      log.write(`${line}\n`)
    })
    lines.on('close', () => {
      resolve(undefined)
      log.close()
    })
  })
