import { stored } from '#adapters/memory/stored'
import type { Machine, MachineRequest, Machines } from '#domain/ports/machines'

/** What goes wrong with a request, by EC2's error name; `started`: the machine runs, only the answer is lost. */
export type MachineFault = { error: string; started?: boolean }

/** EC2's instances in order of launch. Whoever simulates the world moves `state` on and removes what EC2 forgets. */
export type MachineState = {
  instances: Map<string, Machine & { request: MachineRequest; console?: string }>
  /** The instance of each client token; EC2 keeps a token as long as it shows the instance. */
  tokens: Map<string, string>
  /** Asked for every request that no earlier one answers. */
  fault: (request: MachineRequest) => MachineFault | undefined
  count: number
}

export const noMachines = (fault: MachineState['fault'] = () => undefined): MachineState => ({
  instances: new Map(),
  tokens: new Map(),
  fault,
  count: 0,
})

/** EC2's limits: user data before base64, client token, machines in one page of DescribeInstances. */
const MAX_USER_DATA_BYTES = 16_384
const MAX_TOKEN = 64
const PAGE = 1000

const ec2Error = (name: string, message: string): Error => Object.assign(new Error(message), { name })

const shown = ({
  request: _request,
  console: _console,
  ...machine
}: Machine & { request: MachineRequest; console?: string }): Machine => machine

/** EC2 over plain maps; `now` stamps launches. */
export const machines = (state: MachineState, now: () => number, page = PAGE): Machines => ({
  async run(request) {
    const bytes = Buffer.byteLength(request.userData)
    if (bytes > MAX_USER_DATA_BYTES || request.clientToken.length > MAX_TOKEN)
      throw ec2Error('InvalidParameterValue', `user data of ${bytes} bytes, token of ${request.clientToken.length}`)
    const before = state.tokens.get(request.clientToken)
    const known = before === undefined ? undefined : state.instances.get(before)
    if (known) {
      if (JSON.stringify(known.request) === JSON.stringify(request)) return known.instanceId
      throw ec2Error('IdempotentParameterMismatch', `${request.clientToken} was used with other parameters`)
    }
    const fault = state.fault(request)
    if (fault && !fault.started) throw ec2Error(fault.error, `refused: ${fault.error}`)
    const instanceId = `i-${(++state.count).toString(16).padStart(17, '0')}`
    const { tags } = request
    state.instances.set(instanceId, {
      instanceId,
      state: 'pending',
      tags: stored(tags),
      launchedAt: now(),
      request: stored(request),
    })
    state.tokens.set(request.clientToken, instanceId)
    if (fault) throw ec2Error(fault.error, `the answer was lost: ${fault.error}`)
    return instanceId
  },

  async terminate(instanceId) {
    const machine = state.instances.get(instanceId)
    if (!machine || machine.state === 'terminated') return
    machine.state = 'shutting-down'
    machine.stateReason ??= 'Client.UserInitiatedShutdown'
  },

  async byClientToken(clientToken) {
    const machine = state.instances.get(state.tokens.get(clientToken) ?? '')
    return machine && shown(machine)
  },

  async find(instanceId) {
    const machine = state.instances.get(instanceId)
    return machine && shown(machine)
  },

  async console(instanceId) {
    return state.instances.get(instanceId)?.console
  },

  async list(next) {
    const from = next === undefined ? 0 : Number(next)
    const ours = [...state.instances.values()].filter(({ tags }) => tags['app'] === 'mayfly')
    const found = ours.slice(from, from + page).map(shown)
    return { machines: found, ...(from + page < ours.length ? { next: String(from + page) } : {}) }
  },
})
