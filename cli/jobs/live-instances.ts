import { machines } from '#adapters/aws/machines'
import type { OpenStack } from '#cli/aws/open-stack'
import type { Machine } from '#domain/ports/machines'

/** Mayfly's instances as EC2 lists them: terminated ones for about an hour. */
export const liveInstances = async ({ ec2 }: Pick<OpenStack, 'ec2'>): Promise<Machine[]> => {
  const port = machines(ec2)
  const found: Machine[] = []
  let next: string | undefined
  do {
    const page = await port.list(next)
    found.push(...page.machines)
    next = page.next
  } while (next !== undefined)
  return found
}

/** Anything that still costs money, or may. */
export const isAlive = ({ state }: Pick<Machine, 'state'>): boolean => state !== 'terminated'
