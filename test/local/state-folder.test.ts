import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTimeOf } from '#local/process-identity'
import { claimStateFolder, ownerMark } from '#local/state-folder'

let folder: string
const started: number[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mayfly-state-'))
})
afterEach(async () => {
  for (const pid of started.splice(0)) if (await startTimeOf(pid)) process.kill(pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

const silent = () => {}
const owner = 'f5b1d6a0-0d0e-4b57-9a53-6a2f0c2f7f11'
const sleeper = (env: Record<string, string> = {}) => {
  const { pid } = spawn('sleep', ['60'], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: 'ignore' })
  if (pid === undefined) throw new Error('sleep did not start')
  started.push(pid)
  return pid
}
/** As a crash would leave it: the holder's pid now belongs to nobody, or to somebody else. */
const crashed = (children: readonly { name: string; pid: number; startTime: string }[]) =>
  writeFile(join(folder, 'processes.json'), JSON.stringify({ owner, pid: process.pid, startTime: 'before', children }))

describe('a state folder', () => {
  it('has one holder at a time', async () => {
    const first = await claimStateFolder(folder, silent)
    await expect(claimStateFolder(folder, silent)).rejects.toMatchObject({ name: 'StateFolderInUse' })
    await first.release()
    expect(await claimStateFolder(folder, silent)).toMatchObject({ crashed: false })
  })

  it('remembers what was started', async () => {
    const pid = sleeper()
    const state = await claimStateFolder(folder, silent)
    await state.record({ name: 'emulator', pid })
    expect(JSON.parse(await readFile(join(folder, 'processes.json'), 'utf8')).children).toEqual([
      { name: 'emulator', pid, startTime: await startTimeOf(pid) },
    ])
  })

  it('is taken over after a crash, which ends what was recorded and what carries the mark', async () => {
    const recorded = sleeper()
    const marked = sleeper({ [ownerMark]: owner })
    await crashed([{ name: 'emulator', pid: recorded, startTime: (await startTimeOf(recorded)) ?? '' }])
    expect(await claimStateFolder(folder, silent)).toMatchObject({ crashed: true })
    expect(await Promise.all([recorded, marked].map(startTimeOf))).toEqual([undefined, undefined])
  })

  it('ends nobody who merely got the pid of a process that is gone, or has another mark', async () => {
    const stranger = sleeper({ [ownerMark]: '00000000-0000-4000-8000-000000000000' })
    await crashed([{ name: 'emulator', pid: stranger, startTime: 'long ago' }])
    await claimStateFolder(folder, silent)
    expect(await startTimeOf(stranger)).toBeDefined()
  })
})
