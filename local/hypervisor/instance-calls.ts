import { Ec2Error } from '#local/hypervisor/ec2-error'
import { type Instance, isVisible } from '#local/hypervisor/instance'
import { matchesFilters } from '#local/hypervisor/instance-filters'
import { consoleOutput, instanceFolder } from '#local/hypervisor/instance-folder'
import type { InstanceStore } from '#local/hypervisor/instance-store'
import { instanceXml, ownerId, stateXml } from '#local/hypervisor/instance-xml'
import type { Lifecycle } from '#local/hypervisor/lifecycle'
import { listOf, type Query, tagsOf } from '#local/hypervisor/query'
import type { Xml } from '#local/hypervisor/xml'

export interface CallContext {
  readonly store: InstanceStore
  readonly lifecycle: Lifecycle
  readonly stateDir: string
}

type Answer = { readonly [tag: string]: Xml }

/** One page of what can be seen; the token is the place in the list, which only ever grows at its end. */
export function describeInstances(query: Query, { store }: CallContext): Answer {
  const { page, nextToken } = paged(selected(query, store), query)
  const reservationIds = [...new Set(page.map((it) => it.reservationId))]
  return {
    reservationSet: reservationIds.map((reservationId) => ({
      reservationId,
      ownerId,
      groupSet: [],
      instancesSet: page.filter((it) => it.reservationId === reservationId).map(instanceXml),
    })),
    nextToken,
  }
}

export function describeInstanceStatus(query: Query, { store }: CallContext): Answer {
  const all = query.get('IncludeAllInstances') === 'true'
  const { page, nextToken } = paged(
    selected(query, store).filter((it) => all || it.state === 'running'),
    query,
  )
  const health = (instance: Instance) => ({
    status: instance.state === 'running' ? 'ok' : 'not-applicable',
    details: [],
  })
  return {
    instanceStatusSet: page.map((it) => ({
      instanceId: it.id,
      availabilityZone: it.zone,
      instanceState: stateXml(it.state),
      systemStatus: health(it),
      instanceStatus: health(it),
    })),
    nextToken,
  }
}

/** TerminateInstances and StopInstances: the answer shows the states before and after, the rest follows. */
export function endInstances(how: 'terminate' | 'stop', query: Query, { store, lifecycle }: CallContext): Answer {
  const instances = named(listOf(query, 'InstanceId'), store)
  return {
    instancesSet: instances.map((before) => {
      void lifecycle.end(before.id, how, 'user')
      const after = store.get(before.id) ?? before
      return { instanceId: before.id, currentState: stateXml(after.state), previousState: stateXml(before.state) }
    }),
  }
}

export function createTags(query: Query, { store }: CallContext): Answer {
  const tags = tagsOf(query)
  const reserved = Object.keys(tags).find((key) => key.toLowerCase().startsWith('aws:'))
  if (reserved !== undefined) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Tag keys starting with 'aws:' are reserved for internal use: ${reserved}`,
    )
  }
  for (const it of named(listOf(query, 'ResourceId'), store)) store.put({ ...it, tags: { ...it.tags, ...tags } })
  return { return: true }
}

export function deleteTags(query: Query, { store }: CallContext): Answer {
  const gone = Object.keys(tagsOf(query))
  for (const it of named(listOf(query, 'ResourceId'), store)) {
    store.put({ ...it, tags: Object.fromEntries(Object.entries(it.tags).filter(([key]) => !gone.includes(key))) })
  }
  return { return: true }
}

export function getConsoleOutput(query: Query, { store, stateDir }: CallContext): Answer {
  const [instance] = named([query.get('InstanceId') ?? ''], store)
  if (instance === undefined)
    throw new Ec2Error('MissingParameter', 'The request must contain the parameter InstanceId')
  const output = consoleOutput(instanceFolder(stateDir, instance.id)).toString('base64')
  return { instanceId: instance.id, timestamp: new Date().toISOString(), output }
}

function selected(query: Query, store: InstanceStore): Instance[] {
  const ids = listOf(query, 'InstanceId')
  const instances = ids.length > 0 ? named(ids, store) : store.all().filter((it) => isVisible(it, Date.now()))
  return instances.filter((it) => matchesFilters(it, query))
}

/** All of them or an error, as on EC2. */
function named(ids: readonly string[], store: InstanceStore): Instance[] {
  return ids.map((id) => {
    if (!/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id))
      throw new Ec2Error('InvalidInstanceID.Malformed', `Invalid id: "${id}"`)
    const instance = store.get(id)
    if (instance === undefined || !isVisible(instance, Date.now())) {
      throw new Ec2Error('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`)
    }
    return instance
  })
}

function paged(instances: readonly Instance[], query: Query): { page: Instance[]; nextToken: string | undefined } {
  const size = Number(query.get('MaxResults') ?? 1000)
  const after = query.get('NextToken')
  const start = after === null ? 0 : instances.findIndex((it) => it.id === after) + 1
  if (after !== null && start === 0)
    throw new Ec2Error('InvalidNextToken', 'The token names no instance any more; start again')
  const page = instances.slice(start, start + size)
  return { page, nextToken: start + size < instances.length ? page.at(-1)?.id : undefined }
}
