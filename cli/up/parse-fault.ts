import * as z from 'zod'
import { Fault } from '#local/hypervisor/fault'

/**
 * A fault as it is written on a command line: `type`, or `type:name=value,…`. Tags are `tags.job=…`.
 * @throws with what would be right
 */
export const parseFault = (text: string): Fault => {
  const [type = '', ...rest] = text.split(':')
  const fault: Record<string, unknown> = { type }
  const tags: Record<string, string> = {}
  for (const pair of rest.join(':').split(',').filter(Boolean)) {
    const [name = '', ...words] = pair.split('=')
    const value = words.join('=')
    if (name.startsWith('tags.')) tags[name.slice('tags.'.length)] = value
    else fault[name] = /^\d+(\.\d+)?$/.test(value) ? Number(value) : value
  }
  const parsed = Fault.safeParse({ ...fault, ...(Object.keys(tags).length > 0 ? { tags } : {}) })
  if (!parsed.success)
    throw new Error(
      `--fault ${text} is not right: ${z.prettifyError(parsed.error)}; such as slow-boot:seconds=60,count=2`,
    )
  return parsed.data
}
