import type { Policy } from '#domain/policy/policy'
import type { Scope } from '#domain/schedule/items/scope'
import type { Reason } from '#domain/schedule/moves'

/** Whether a type may go in its scope, and if not, why and what it waits for. */
export type Gate = { open: true } | { open: false; because: Reason; waitingFor: string[]; sentence: string }

/**
 * The gate of design §3.1: for every type named by `after`, none unfinished, none blocking, `atLeast` succeeded.
 * A blocking file is named first: it is the one that somebody must act on.
 */
export const gateOf = (policy: Pick<Policy, 'after'>, scope: Scope | undefined): Gate => {
  for (const { type, atLeast } of policy.after) {
    const state = scope?.types[type]
    const blocking = Object.entries(state?.blocking ?? {})
    const [first] = blocking
    if (first)
      return {
        open: false,
        because: `${type}-file-${first[1]}`,
        waitingFor: blocking.map(([job]) => job),
        sentence: `${blocking.length + (state?.blockingMore ?? 0)} ${type} file(s) ${first[1]}; a newer version, its deletion, a later full file or the owner clears it`,
      }
    if ((state?.unfinished ?? 0) > 0)
      return {
        open: false,
        because: `${type}-file-unfinished`,
        waitingFor: [type],
        sentence: `${state?.unfinished} ${type} file(s) of this scope not finished yet`,
      }
    if ((state?.succeeded ?? 0) < atLeast)
      return {
        open: false,
        because: `${type}-file-missing`,
        waitingFor: [type],
        sentence: `${state?.succeeded ?? 0} of ${atLeast} ${type} file(s) have succeeded; drop one in the landing bucket`,
      }
  }
  return { open: true }
}
