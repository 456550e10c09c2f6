import { type Context, withVariables } from '#test/infra/iam/matches'
import type { Conditions } from '#test/infra/iam/statement'

type Test = (value: string, wanted: string, context: Context) => boolean

const like: Test = (value, wanted, context) => withVariables(wanted, context)?.test(value) ?? false
/** Without wildcards: variables are put, everything else is text. */
const equal: Test = (value, wanted, context) =>
  withVariables(
    wanted.replace(/[*?]/g, (sign) => `\${${sign}}`),
    context,
  )?.test(value) ?? false
const bool: Test = (value, wanted) => value.toLowerCase() === wanted.toLowerCase()

const operators: Record<string, Test> = {
  StringEquals: equal,
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: bool,
  NumericEquals: (value, wanted) => Number(value) === Number(wanted),
  NumericLessThan: (value, wanted) => Number(value) < Number(wanted),
}
const negations: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
}

const holdsFor = (named: string, value: string | string[] | undefined, wanted: string[], context: Context): boolean => {
  const [, quantifier, operator = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(named) ?? []
  if (operator === 'Null') return wanted.some((one) => (one === 'true') === (value === undefined))
  const negated = Object.hasOwn(negations, operator)
  const test = operators[negated ? String(negations[operator]) : operator]
  if (!test) throw new Error(`condition operator ${named} is not evaluated here`)
  // An absent key fails a comparison and passes its negation.
  if (value === undefined)
    return Boolean(ifExists) || (quantifier === undefined ? negated : quantifier === 'ForAllValues')
  const matchesOne = (each: string): boolean => wanted.some((one) => test(each, one, context)) !== negated
  if (quantifier === undefined) {
    if (Array.isArray(value)) throw new Error(`${named} has several values in the request and needs a quantifier`)
    return matchesOne(value)
  }
  const values = [value].flat()
  return quantifier === 'ForAnyValue' ? values.some(matchesOne) : values.every(matchesOne)
}

/** Whether every condition holds: operators and keys are joined by AND, the values of one key by OR. */
export const conditionsHold = (conditions: Conditions, context: Context): boolean =>
  Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holdsFor(operator, context[key], wanted, context)),
  )
