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

type Statement = {
  allows: boolean
  actions: string[]
  /** As they stand; a reference as its JSON. */
  resources: string[]
  principals: string[]
  /** Those of the principals that are services. */
  services: string[]
  conditions: Record<string, unknown>
}

const texts = (value: unknown): string[] =>
  list(value).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
const principalsOf = (principal: unknown): string[] =>
  typeof principal === 'string' ? [principal] : Object.values(record(principal)).flatMap(texts)

/** The statements of a policy document. */
export const statementsOf = (document: unknown): Statement[] =>
  list(record(document)['Statement'])
    .map(record)
    .map((statement) => ({
      allows: statement['Effect'] === 'Allow',
      actions: list(statement['Action']).map(String),
      resources: texts(statement['Resource']),
      principals: principalsOf(statement['Principal']),
      services: texts(record(statement['Principal'])['Service']),
      conditions: record(statement['Condition']),
    }))

/** The policy documents of a resource, those inside of a role included. A key's own is not: it is where IAM's rights begin. */
export const documentsOf = ({ type, properties }: Resource): unknown[] =>
  type === 'AWS::IAM::Role'
    ? list(properties['Policies']).map((policy) => record(policy)['PolicyDocument'])
    : [properties['PolicyDocument']]
