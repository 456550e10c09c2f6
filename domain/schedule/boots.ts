import { type Books, call, type Deciding, get, put } from '#domain/schedule/books'
import type { Scope } from '#domain/schedule/items/scope'
import * as kinds from '#domain/schedule/kinds'

/** Where what an instance said on its console is kept, in the results bucket. */
export const consoleKey = (payerId: string, instanceId: string): string => `console/${payerId}/${instanceId}.txt`

/** One more boot of the payer in a row that gave no sign of life. Kept in the payer's own scope, whatever that of its gates is. */
export function* bootFailed(books: Books, payerId: string, instanceId: string): Deciding<void> {
  const scope: Scope = (yield* get(books, kinds.scope, payerId)) ?? { payerId, types: {} }
  const boots = { failed: (scope.boots?.failed ?? 0) + 1, instanceId }
  put(books, kinds.scope, [payerId], { ...scope, boots })
  books.scopes.add(payerId)
}

/**
 * A machine of the payer came up, or somebody did something about it: failed boots count anew. Lanes of all its scopes may
 * have been held by them, so all are looked at, by a message of its own. Returns whether there were any.
 */
export function* forgetBoots(books: Books, payerId: string): Deciding<boolean> {
  const scope = yield* get(books, kinds.scope, payerId)
  if (!scope?.boots) return false
  const { boots: _boots, ...rest } = scope
  put(books, kinds.scope, [payerId], rest)
  books.scopes.add(payerId)
  call(books, { call: 'send', body: JSON.stringify({ kind: 'row-edited', payerId, fileType: '*', seq: books.seq }) })
  return true
}

/** Why the payer's lanes are held, if they are: a boot loop burns money until a person looks. */
export const bootLoop = (scope: Pick<Scope, 'payerId' | 'boots'> | undefined, limit: number): string | undefined => {
  if (!scope?.boots || scope.boots.failed < limit) return undefined
  const { failed, instanceId } = scope.boots
  return `${failed} boots in a row gave no sign of life (bootFailures: ${limit}); what the last said is in ${consoleKey(scope.payerId, instanceId)} of the results bucket`
}
