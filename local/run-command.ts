import { spawn } from 'node:child_process'

export type Command = {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly signal?: AbortSignal
}

export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
}

/**
 * Runs a command to its end and returns its standard output.
 * @throws CommandFailed with the last lines it wrote, when it cannot be started or its exit code is not 0.
 */
export const runCommand = ({ command, args, env, cwd, signal }: Command): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(env && { env }),
      ...(cwd && { cwd }),
      ...(signal && { signal }),
    })
    let stdout = ''
    let both = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      both += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      both += text
    })
    const fail = (why: string) => reject(new CommandFailed(`${[command, ...args].join(' ')} ${why}${lastLines(both)}`))
    child.on('error', (error) => fail(`could not run: ${error.message}`))
    child.on('close', (code, ended) => (code === 0 ? resolve(stdout) : fail(`ended with ${code ?? ended}`)))
  })

const lastLines = (text: string) => {
  const lines = text.trim().split('\n').slice(-12)
  return lines[0] === '' ? '' : `:\n  ${lines.join('\n  ')}`
}
