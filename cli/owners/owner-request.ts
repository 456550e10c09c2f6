import { randomBytes } from 'node:crypto'
import { userInfo } from 'node:os'
import type { OwnerRequest } from '#cli/owners/ask-scheduler'
import { Name } from '#domain/route'
import { requestLengths } from '#domain/schedule/messages'

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

const should = { id: 'it should have', who: 'it should name who asks, in', why: 'it should say why, in' }

/** @throws in one sentence: what was given, and what would be right. */
const checked = (option: keyof typeof requestLengths, given: string): string => {
  const [min, max] = requestLengths[option]
  const text = given.trim()
  if (text.length >= min && text.length <= max) return text
  const seen = text.length > max ? `has ${text.length} characters` : `is ${JSON.stringify(given)}`
  const orNone = option === 'id' ? ', or be left out' : ''
  throw new Error(`--${option} ${seen}; ${should[option]} ${min} to ${max} characters${orNone}`)
}

/** The message for the inbox, under a new id unless one is given. @throws when who, why or id are blank or of another length. */
export const ownerRequest = ({ id = randomBytes(12).toString('hex'), who, why, ...asked }: Asked): OwnerRequest => ({
  ...{ kind: 'request', id: checked('id', id) },
  ...asked,
  ...{ who: checked('who', who), why: checked('why', why) },
})
