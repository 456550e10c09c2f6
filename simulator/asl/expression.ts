import jsonata from 'jsonata'

/** What an expression may look at (`$states` of the JSONata query language). */
export type States = { input: unknown; result?: unknown; errorOutput?: unknown; context: unknown }

/** An expression that gives nothing, or fails: the state ends with this error, as in Step Functions. */
export class QueryEvaluationError extends Error {
  override readonly name = 'States.QueryEvaluationError'
}

const compiled = new Map<string, jsonata.Expression>()
const EXPRESSION = /^\{%([\s\S]*)%\}$/

const expressionOf = (text: string): jsonata.Expression | undefined => {
  const source = EXPRESSION.exec(text)?.[1]
  if (source === undefined) return undefined
  const known = compiled.get(source) ?? jsonata(source)
  compiled.set(source, known)
  return known
}

/** Fills a template: every text `{% … %}` in it is evaluated, everything else stands for itself. */
export const evaluate = async (template: unknown, states: States): Promise<unknown> => {
  if (typeof template === 'string') {
    const expression = expressionOf(template)
    if (!expression) return template
    const value: unknown = await expression.evaluate(undefined, { states })
    if (value === undefined) throw new QueryEvaluationError(`${template} gives nothing`)
    return value
  }
  if (Array.isArray(template)) {
    const filled: unknown[] = []
    for (const part of template) filled.push(await evaluate(part, states))
    return filled
  }
  if (typeof template !== 'object' || template === null) return template
  const filled: Record<string, unknown> = {}
  for (const [name, part] of Object.entries(template)) filled[name] = await evaluate(part, states)
  return filled
}
