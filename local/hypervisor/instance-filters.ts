import { Ec2Error } from '#local/hypervisor/ec2-error'
import { type Instance, stateCodes } from '#local/hypervisor/instance'
import { listOf, type Query, structuresOf } from '#local/hypervisor/query'

/** The filters of DescribeInstances that we know; EC2 refuses unknown ones too, so a wrong answer is impossible. */
const readers: Record<string, (instance: Instance) => readonly string[]> = {
  'instance-id': (it) => [it.id],
  'client-token': (it) => [it.clientToken ?? ''],
  'instance-state-name': (it) => [it.state],
  'instance-state-code': (it) => [String(stateCodes[it.state])],
  'instance-type': (it) => [it.instanceType],
  'image-id': (it) => [it.imageId],
  'availability-zone': (it) => [it.zone],
  'subnet-id': (it) => [it.subnetId ?? ''],
  'vpc-id': (it) => [it.vpcId ?? ''],
  'reservation-id': (it) => [it.reservationId],
  'instance-lifecycle': (it) => [it.spot ? 'spot' : ''],
  'tag-key': (it) => Object.keys(it.tags),
  'tag-value': (it) => Object.values(it.tags),
}

/** All filters must hold, of each any value; `*` and `?` are wildcards, a backslash takes their meaning away. */
export function matchesFilters(instance: Instance, query: Query): boolean {
  return structuresOf(query, 'Filter').every((filter) => {
    const wanted = listOf(filter, 'Value').map(asPattern)
    const present = valuesFor(instance, filter.get('Name') ?? '')
    return present.some((value) => wanted.some((pattern) => pattern.test(value)))
  })
}

function valuesFor(instance: Instance, name: string): readonly string[] {
  if (name.startsWith('tag:')) return [instance.tags[name.slice(4)]].filter((value) => value !== undefined)
  const reader = readers[name]
  if (reader === undefined) throw new Ec2Error('InvalidParameterValue', `The filter '${name}' is invalid`)
  return reader(instance)
}

function asPattern(value: string): RegExp {
  const source = value.replace(/\\([*?\\])|([*?])|([^*?\\]+|\\)/gs, (_all, literal, wild, plain) => {
    if (wild !== undefined) return wild === '*' ? '.*' : '.'
    return String(literal ?? plain).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  })
  return new RegExp(`^${source}$`, 's')
}
