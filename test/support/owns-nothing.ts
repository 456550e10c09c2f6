import { expect } from 'vitest'
import { eventually } from '#test/support/eventually'
import type { LocalStack } from '#test/support/local-stack'

/** Every machine is gone, every message read, every call carried out, and the pools have all their places back. */
export const ownsNothing = async (stack: LocalStack, pools: readonly string[]): Promise<void> => {
  await eventually(
    'every instance is terminated',
    stack.aws.instances,
    (instances) => instances.length > 0 && instances.every(({ state }) => state === 'terminated'),
  )
  await eventually(
    'every message was read',
    stack.aws.queued,
    (queues) => queues.length === 5 && queues.every(({ messages }) => messages === 0),
  )
  await eventually(
    'every call was carried out',
    () => stack.scheduled('CALL#main'),
    ({ length }) => length === 0,
  )
  for (const pk of ['OPEN#main', 'QUARANTINE#main']) expect(await stack.scheduled(pk)).toEqual([])
  for (const pool of pools)
    expect(await stack.scheduled(`POOL#${pool}`, 'STATE')).toMatchObject([
      { value: { usedVcpus: 0, usedInstances: 0 } },
    ])
}
