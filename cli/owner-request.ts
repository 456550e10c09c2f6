import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import * as z from 'zod'
import type { OwnerRequest } from '#cli/ask-scheduler'
import { Name } from '#domain/route'
import { Message } from '#domain/schedule/messages'

/** `<payer>/<type>`, or `<payer>/<cycle>/<type>` where the payer's gates count by cycle. @throws on any other form. */
export const parseLane = (text: string): { scope: string; type: string } => {
  const parts = text.split('/')
  const [payer, ...rest] = parts
  const type = rest.at(-1)
  if (parts.length < 2 || parts.length > 3 || !type || parts.some((part) => !Name.safeParse(part).success))
    throw new Error(
      `${JSON.stringify(text)} is no lane; it should be <payer>/<type> or <payer>/<cycle>/<type>, such as sunrise-health/claims`,
    )
  return { scope: [payer, ...rest.slice(0, -1)].join('#'), type }
}

/** The name by which this machine knows its user. @throws where it knows none, as some containers do. */
export const machineUser = (): string => {
  try {
    return userInfo().username
  } catch {
    throw new Error('This machine has no name for its user; say who asks with --who NAME')
  }
}

type Asked = Pick<OwnerRequest, 'action' | 'job' | 'lane' | 'who' | 'why'> & { readonly id?: string | undefined }

/** The message for the inbox, under a new id unless one is given. @throws when who, why or id are not what the scheduler reads. */
export const ownerRequest = ({ id = randomBytes(12).toString('hex'), ...asked }: Asked): OwnerRequest => {
  const read = Message.safeParse({ kind: 'request', id, ...asked })
  if (read.success && read.data.kind === 'request') return read.data
  throw new Error(
    `The request is not what the scheduler reads: ${read.error ? z.prettifyError(read.error) : 'its kind'}`,
  )
}
