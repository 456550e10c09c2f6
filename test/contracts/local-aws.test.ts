import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { processesMarked, startTimeOf } from '#local/process-identity'
import { projectFolder } from '#local/project-folder'
import { ownerMark } from '#local/state-folder'

let folder: string
const started: number[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-up-'))
})
afterEach(async () => {
  for (const pid of started.splice(0)) if (await startTimeOf(pid)) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** `mayfly up` without a stack, as a process that can be killed. */
const up = async (stateDir: string) => {
  const args = [join(projectFolder, 'bin', 'mayfly.mjs'), 'up', '--json', '--no-deploy', '--state-dir', stateDir]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: tmpdir() })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  if (child.pid === undefined) throw new Error('mayfly up did not start')
  started.push(child.pid)
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').once('data', resolve)
    ended.then((code) => reject(new Error(`mayfly up ended with ${code}`)))
  })
  const owner: string = JSON.parse(await readFile(join(stateDir, 'processes.json'), 'utf8')).owner
  const { endpoint, ec2Endpoint }: { endpoint: string; ec2Endpoint: string } = JSON.parse(line)
  return { child, pid: child.pid, ended, owner, endpoint, ec2Endpoint }
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  )
const allGone = async (owner: string) => {
  for (let waited = 0; waited < 100; waited++) {
    if ((await processesMarked(ownerMark, owner)).length === 0) return true
    await pause(100)
  }
  return false
}

describe('mayfly up', () => {
  it('stands beside another one, and ends everything that it started on SIGTERM', async () => {
    const [one, two] = await Promise.all([up(join(folder, 'one')), up(join(folder, 'two'))])
    expect(await Promise.all([one.endpoint, one.ec2Endpoint, two.endpoint, two.ec2Endpoint].map(answers))).toEqual([
      true,
      true,
      true,
      true,
    ])
    one.child.kill('SIGTERM')
    expect(await one.ended).toBe(0)
    expect(await processesMarked(ownerMark, one.owner)).toEqual([])
    expect(await Promise.all([one.endpoint, one.ec2Endpoint, two.endpoint].map(answers))).toEqual([false, false, true])
    expect((await readdir(join(folder, 'one'))).sort()).toEqual(['emulator.log', 'hypervisor.log'])
  })

  it('takes everything with it when it is killed with -9, and starts again', async () => {
    const first = await up(folder)
    process.kill(first.pid, 'SIGKILL')
    expect(await allGone(first.owner)).toBe(true)
    const second = await up(folder)
    expect(await answers(second.endpoint)).toBe(true)
  })

  it('ends with an error when its emulator dies', async () => {
    const { owner, ended } = await up(folder)
    const { children } = JSON.parse(await readFile(join(folder, 'processes.json'), 'utf8'))
    process.kill(children[0].pid, 'SIGKILL')
    expect(await ended).toBe(2)
    expect(await allGone(owner)).toBe(true)
  })
})
