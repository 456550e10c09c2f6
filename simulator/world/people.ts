import { deleteKey, drop } from '#adapters/memory/files'
import { jobIdOf } from '#domain/job-id'
import { isOver } from '#domain/schedule/items/status'
import { lanes, scopeItem } from '../checks/referee.ts'
import { objectEvent } from './events.ts'
import type { Act } from './plan.ts'
import type { World } from './world.ts'

const BUCKET = 'landing'

const dropFile = (world: World, { key, sound }: Extract<Act, { do: 'drop' }>): void => {
  const { state, journal, clock, events, tell } = world
  const content = sound ? '{"a":1}\n' : 'no json\n'
  const version = drop(state.files, { bucket: BUCKET, key }, content)
  const file = { bucket: BUCKET, key, version }
  const sequencer = world.sequencer()
  journal.landings.push({ at: clock.now(), job: jobIdOf(file), ...file, sequencer, sound })
  tell('payer', `drops ${key} (${sound ? 'sound' : 'unsound'}), job ${jobIdOf(file)}`)
  events.send(
    'landed',
    `${key} landed`,
    objectEvent('Object Created', { ...file, size: content.length, sequencer }),
    true,
  )
}

const deleteFile = (world: World, key: string): void => {
  const { state, journal, clock, events, tell } = world
  if (!state.files.objects.has(`${BUCKET}/${key}`)) return
  const version = deleteKey(state.files, { bucket: BUCKET, key })
  const sequencer = world.sequencer()
  journal.deletions.push({ at: clock.now(), key, sequencer })
  tell('payer', `deletes ${key}`)
  events.send(
    'landed',
    `${key} deleted`,
    objectEvent('Object Deleted', { bucket: BUCKET, key, version, sequencer }),
    true,
  )
}

const pickOf = <T>(list: readonly T[], pick: number): T | undefined => list[pick % Math.max(1, list.length)]

const request = (world: World, { action, pick }: Extract<Act, { do: 'request' }>): void => {
  const { journal, clock, tell } = world
  const jobs = [...journal.jobs.values()]
  const wanted = jobs.filter(({ status }) =>
    action === 'retry' || action === 'excuse'
      ? status === 'failed' || status === 'rejected'
      : action === 'stop'
        ? status === 'starting' || status === 'running'
        : action === 'resume' || !isOver(status),
  )
  const job = pickOf(wanted.length > 0 ? wanted : jobs, pick)
  if (!job) return
  const onLane = action === 'waive' || ((action === 'hold' || action === 'resume') && pick % 3 === 0)
  const about = onLane && job.scope ? { lane: { scope: job.scope, type: job.fileType } } : { job: job.job }
  const id = `request-${clock.now()}-${action}-${pick}`
  tell('owner', `${action} ${JSON.stringify(about)}`)
  void world.send('facts', JSON.stringify({ kind: 'request', id, action, ...about, who: 'owner', why: 'simulated' }))
}

/** A payer whose machines do not boot: its owner resumes one of its lanes, which lets all of them go. */
const endBootLoops = (world: World): void => {
  const payers = new Set([...world.journal.jobs.values()].map(({ payerId }) => payerId))
  for (const payerId of payers) {
    if (scopeItem(world, payerId)?.boots === undefined) continue
    const [lane] = lanes(world).filter((each) => each.payerId === payerId)
    if (!lane) continue
    world.tell('owner', `lets ${payerId} boot again`)
    const id = `request-${world.clock.now()}-boots-${payerId}`
    const body = { kind: 'request', id, action: 'resume', lane: { scope: lane.scope, type: lane.type } }
    void world.send('facts', JSON.stringify({ ...body, who: 'owner', why: 'simulated' }))
  }
}

/** Editors look at what became of their last edit before they make another: it waits until that one was heard. */
const edit = (world: World, what: Extract<Act, { do: 'edit-row' | 'edit-pool' }>): void => {
  const { journal, clock, streams } = world
  const ofRow = what.do === 'edit-row'
  const name = ofRow ? `${what.row.payerId}/${what.row.fileType}` : what.row.pool
  if ([...world.unsettled.values()].includes(name)) {
    clock.after(30_000, async () => edit(world, what))
    return
  }
  const number = ofRow ? streams.editRow(what.row) : streams.editPool(what.row)
  if (number === undefined) return
  if (what.valid) world.inForce.set(ofRow ? 'row' : 'pool', name, what.row)
  journal.edits.push({ at: clock.now(), what: name, valid: what.valid })
  world.unsettled.set(number, name)
}

/** What payers, editors and owners do. */
export const act = (world: World, what: Act): void => {
  const { journal, machine } = world
  switch (what.do) {
    case 'drop':
      return dropFile(world, what)
    case 'delete':
      return deleteFile(world, what.key)
    case 'edit-row':
    case 'edit-pool':
      return edit(world, what)
    case 'stop-execution': {
      const running = [...machine.executions.values()].filter(({ status }) => status === 'RUNNING')
      const found = pickOf(running, what.pick)
      if (!found) return
      world.tell('somebody', `stops execution ${found.name}`)
      journal.stopped.add(found.name)
      return machine.stop(found.name)
    }
    case 'end-boot-loops':
      return endBootLoops(world)
    case 'request':
      return request(world, what)
  }
}
