import { Ec2Error } from '#local/hypervisor/ec2-error'
import {
  type CallContext,
  createTags,
  deleteTags,
  describeInstanceStatus,
  describeInstances,
  endInstances,
  getConsoleOutput,
} from '#local/hypervisor/instance-calls'
import { listOf, type Query } from '#local/hypervisor/query'
import { type RunContext, runInstances } from '#local/hypervisor/run-instances'
import type { Xml } from '#local/hypervisor/xml'

type Answer = { readonly [tag: string]: Xml }
type Call = (query: Query, context: CallContext & RunContext) => Answer | Promise<Answer>

const notHere: Call = (query) => {
  throw new Ec2Error('UnsupportedOperation', `The local EC2 has no ${query.get('Action')} for instances`)
}

/** The calls that are ours because they are about instances; everything else is the emulator's. */
const calls: Readonly<Record<string, Call>> = {
  RunInstances: runInstances,
  DescribeInstances: describeInstances,
  DescribeInstanceStatus: describeInstanceStatus,
  TerminateInstances: (query, context) => endInstances('terminate', query, context),
  StopInstances: (query, context) => endInstances('stop', query, context),
  GetConsoleOutput: getConsoleOutput,
  CreateTags: createTags,
  DeleteTags: deleteTags,
  // The emulator knows none of our instances: its answers would mislead.
  StartInstances: notHere,
  RebootInstances: notHere,
  CreateFleet: notHere,
  RequestSpotInstances: notHere,
}

/** The call that answers a query, or undefined when it is to be handed on. */
export function callFor(query: Query): Call | undefined {
  const action = query.get('Action') ?? ''
  if (action === 'CreateTags' || action === 'DeleteTags') {
    const ids = listOf(query, 'ResourceId')
    const ours = ids.filter((id) => id.startsWith('i-'))
    if (ours.length === 0) return undefined
    if (ours.length < ids.length) {
      return () => {
        throw new Ec2Error(
          'UnsupportedOperation',
          'The local EC2 tags instances and other things in separate calls only',
        )
      }
    }
  }
  return Object.hasOwn(calls, action) ? calls[action] : undefined
}
