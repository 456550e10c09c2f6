import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const shutdownScript = fileURLToPath(new URL('shutdown.sh', import.meta.url))
const curlScript = fileURLToPath(new URL('curl.mjs', import.meta.url))

export interface InstanceFolder {
  readonly path: string
  readonly bin: string
  readonly work: string
  readonly console: string
  readonly userData: string
}

/** Where an instance lives on this disk. */
export function instanceFolder(stateDir: string, instanceId: string): InstanceFolder {
  const path = join(stateDir, 'machines', instanceId)
  return {
    path,
    bin: join(path, 'bin'),
    work: join(path, 'work'),
    console: join(path, 'console.log'),
    userData: join(path, 'user-data'),
  }
}

/**
 * A disk as the machine finds it at its first boot: user data, and commands that mean this machine and not its host.
 * `control` is the loopback port of the machine's own metadata server.
 */
export function makeDisk(
  folder: InstanceFolder,
  what: { userData: Buffer; awsCli: string; aws: Record<string, string>; control: number },
): void {
  for (const path of [folder.path, folder.bin, folder.work, join(folder.path, 'tmp')]) {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  }
  writeFileSync(folder.userData, what.userData, { mode: 0o600 })
  const exports = Object.entries(what.aws).map(([name, value]) => `export ${name}=${quote(value)}`)
  command(folder, 'aws', [...exports, `exec ${quote(what.awsCli)} "$@"`])
  command(folder, 'shutdown', [`MAYFLY_POWER_PORT=${what.control} exec bash ${quote(shutdownScript)} "$@"`])
  command(folder, 'poweroff', ['exec shutdown -h now'])
  // AL2023 always has curl; slim images of Debian do not.
  if (!hasCommand('curl')) command(folder, 'curl', [`exec ${quote(process.execPath)} ${quote(curlScript)} "$@"`])
  // The host's own commands would switch off the host.
  for (const name of ['halt', 'reboot', 'systemctl', 'init', 'telinit']) {
    command(folder, name, [`echo '${name}: this local machine knows shutdown and poweroff only' >&2`, 'exit 1'])
  }
  if (!existsSync(join(folder.bin, 'node'))) symlinkSync(process.execPath, join(folder.bin, 'node'))
}

/** The disk goes with the instance (DeleteOnTermination): it held payer files. What the console said stays. */
export function wipeDisk(folder: InstanceFolder): void {
  for (const path of [folder.bin, folder.work, join(folder.path, 'tmp'), folder.userData]) {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The last 64 KB of what the machine said, as GetConsoleOutput gives it. */
export function consoleOutput(folder: InstanceFolder): Buffer {
  return existsSync(folder.console) ? readFileSync(folder.console).subarray(-65_536) : Buffer.alloc(0)
}

function command(folder: InstanceFolder, name: string, lines: readonly string[]): void {
  writeFileSync(join(folder.bin, name), `#!/bin/bash\n${lines.join('\n')}\n`)
  chmodSync(join(folder.bin, name), 0o755)
}

const hasCommand = (name: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)))

const quote = (value: string): string => `'${value.replaceAll("'", "'\\''")}'`
