import { conditionsHold } from '#test/infra/iam/conditions'
import { type Context, matchesWildcard, withVariables } from '#test/infra/iam/matches'
import type { IamStatement } from '#test/infra/iam/statement'

/** One request as IAM sees it. EC2's RunInstances is one for each resource that it uses or makes. */
export type IamRequest = { action: string; resource: string; context?: Context }

/** The policies that a request within one account meets. `endpoint`: it leaves through a VPC endpoint with this policy. */
export type Policies = { identity: IamStatement[]; resource?: IamStatement[]; endpoint?: IamStatement[] }

const concerns = (statement: IamStatement, { action, resource, context = {} }: IamRequest): boolean =>
  statement.actions.some((pattern) => matchesWildcard(pattern, action, { ignoreCase: true })) &&
  statement.resources.some((pattern) => withVariables(pattern, context)?.test(resource)) &&
  (statement.principals?.some((one) => one === '*' || one === context['aws:PrincipalArn']) ?? true) &&
  conditionsHold(statement.conditions, context)

/**
 * IAM's decision for a principal of the resource's own account: no policy denies, the endpoint (if the request goes through
 * one) allows, and the principal's policies or the resource's allow. Boundaries, SCPs and sessions are not modelled.
 */
export const may = (request: IamRequest, { identity, resource = [], endpoint }: Policies): boolean => {
  const every = [...identity, ...resource, ...(endpoint ?? [])].filter((statement) => concerns(statement, request))
  const allowedBy = (statements: IamStatement[]): boolean =>
    statements.some((statement) => statement.effect === 'Allow' && every.includes(statement))
  if (every.some(({ effect }) => effect === 'Deny')) return false
  if (endpoint && !allowedBy(endpoint)) return false
  return allowedBy(identity) || allowedBy(resource)
}
