/** A resource of a synthesised template. */
export type Resource = { id: string; type: string; properties: Record<string, unknown> }

/** What a rule has to say of a resource. */
export type Violation = { id: string; sentence: string }

/** A rule over all resources of a template. `runbook`: the text of docs/runbook.md. */
export type Rule = (resources: readonly Resource[], runbook: string) => Violation[]

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])

export const resourcesOf = (template: unknown): Resource[] =>
  Object.entries(record(record(template)['Resources'])).map(([id, resource]) => ({
    id,
    type: String(record(resource)['Type']),
    properties: record(record(resource)['Properties']),
  }))

/** Does a value (a Ref, a GetAtt, something made of them) name the resource? */
export const refersTo = (value: unknown, id: string): boolean => JSON.stringify(value ?? '').includes(`"${id}"`)

type Statement = { allows: boolean; actions: string[]; principals: string[]; conditions: Record<string, unknown> }

const principalsOf = (principal: unknown): string[] =>
  typeof principal === 'string'
    ? [principal]
    : Object.values(record(principal)).flatMap((value) =>
        list(value).map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
      )

/** The statements of a policy document. */
export const statementsOf = (document: unknown): Statement[] =>
  list(record(document)['Statement'])
    .map(record)
    .map((statement) => ({
      allows: statement['Effect'] === 'Allow',
      actions: list(statement['Action']).map(String),
      principals: principalsOf(statement['Principal']),
      conditions: record(statement['Condition']),
    }))
