import { list, record, texts } from '#test/infra/values'

/** What a condition operator is given: the key, and the values of which one (or, for a negation, none) must match. */
export type Conditions = Record<string, Record<string, string[]>>

export type IamStatement = {
  effect: 'Allow' | 'Deny'
  actions: string[]
  resources: string[]
  conditions: Conditions
  /** Absent in the policies of roles; `*` or the principal's ARNs in those of resources. */
  principals?: string[]
}

const principalsOf = (principal: unknown): string[] | undefined => {
  if (principal === undefined) return undefined
  return principal === '*' ? ['*'] : texts(record(principal)['AWS'])
}

const known = new Set(['Effect', 'Action', 'Resource', 'Condition', 'Principal', 'Sid'])

/**
 * The statements of a policy document whose references are resolved.
 * @throws on what this evaluator does not know (NotAction, NotPrincipal …): it must not be passed over.
 */
export const statementsIn = (document: unknown): IamStatement[] =>
  list(record(document)['Statement'])
    .map(record)
    .map((statement) => {
      const strange = Object.keys(statement).filter((name) => !known.has(name))
      if (strange.length > 0) throw new Error(`a statement has ${strange.join(', ')}, which is not evaluated here`)
      const effect = statement['Effect']
      if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`a statement's effect is ${String(effect)}`)
      const conditions = Object.entries(record(statement['Condition'])).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(record(keys)).map(([key, values]) => [key, list(values).map(String)])),
      ])
      const principals = principalsOf(statement['Principal'])
      return {
        effect,
        actions: texts(statement['Action']),
        resources: texts(statement['Resource']),
        conditions: Object.fromEntries(conditions),
        ...(principals ? { principals } : {}),
      }
    })
