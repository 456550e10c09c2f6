import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { stopLocal } from '#cli/up/stop-local'
import { startTimeOf } from '#local/process-identity'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mayfly-down-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const sleeper = async () => {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' })
  const pid = child.pid ?? 0
  return { child, pid, startTime: (await startTimeOf(pid)) ?? '' }
}
const heldBy = (pid: number, startTime: string, children: readonly object[] = []) =>
  writeFileSync(
    join(folder, 'processes.json'),
    JSON.stringify({ owner: '3f0c0f6e-9a51-4d3c-8a6e-0f6a7c1f2b3d', pid, startTime, children }),
  )

it('ends the process that holds the folder', async () => {
  const { pid, startTime } = await sleeper()
  heldBy(pid, startTime)
  expect(await stopLocal(folder, () => {})).toEqual({ found: 'running', pid })
  expect(await startTimeOf(pid)).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
})

it('ends what a crashed holder has left, and nobody who has its number by now', async () => {
  const other = await sleeper()
  const left = await sleeper()
  heldBy(other.pid, 'another time', [{ name: 'emulator', pid: left.pid, startTime: left.startTime }])
  expect(await stopLocal(folder, () => {})).toEqual({ found: 'leftovers', pid: other.pid })
  expect(await startTimeOf(left.pid)).toBeUndefined()
  expect(await startTimeOf(other.pid)).toBe(other.startTime)
  other.child.kill()
})

it('finds nothing where nothing was started', async () => {
  expect(await stopLocal(join(folder, 'never'), () => {})).toEqual({ found: 'nothing' })
})
