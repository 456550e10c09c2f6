import type { Context } from '#test/infra/iam/matches'
import { may } from '#test/infra/iam/may'
import { resolved } from '#test/infra/iam/resolve'
import { type IamStatement, statementsIn } from '#test/infra/iam/statement'
import { type Resource, resourcesOf, template } from '#test/infra/template'
import { list, record } from '#test/infra/values'

const resources: Resource[] = resourcesOf(template)
const of = (type: string): Resource[] =>
  resources
    .filter((resource) => resource.type === type)
    .map(({ properties, ...rest }) => ({ ...rest, properties: record(resolved(properties, resources)) }))

/** The logical id of the one resource whose id begins so. @throws when there is none or several */
export const idOf = (type: string, begins: string): string => {
  const [id, ...more] = resources.filter((one) => one.type === type && one.id.startsWith(begins)).map((one) => one.id)
  if (id === undefined || more.length > 0) throw new Error(`${more.length + 1} resources ${type} begin with ${begins}`)
  return id
}

const statementsOfAll = (policies: readonly Resource[]): IamStatement[] =>
  policies.flatMap(({ properties }) => statementsIn(properties['PolicyDocument']))

const endpoints = of('AWS::EC2::VPCEndpoint')

/** What a role of the template may do by its own policies, and what the endpoint lets through, references put. */
export const grantsTo = (roleBegins: string) => {
  const role = idOf('AWS::IAM::Role', roleBegins)
  const attached = of('AWS::IAM::Policy').filter(({ properties }) => list(properties['Roles']).includes(role))
  const endpoint = endpoints.flatMap(({ properties }) => statementsIn(properties['PolicyDocument']))
  return { role, identity: statementsOfAll(attached), endpoint }
}

/** A role of the template, its requests evaluated against every policy of the template that they meet. */
export const principal = (roleBegins: string, context: Context, way: { throughEndpoint: boolean }) => {
  const { role, identity, endpoint } = grantsTo(roleBegins)
  const always: Context = {
    'aws:PrincipalArn': `arn:aws:iam::111122223333:role/${role}`,
    'aws:SecureTransport': 'true',
  }
  return (action: string, resource: string, more: Context = {}): boolean => {
    const [, bucket] = /^arn:aws:s3:::([^/]+)/.exec(resource) ?? []
    const ofBucket = of('AWS::S3::BucketPolicy').filter(({ properties }) => properties['Bucket'] === bucket)
    const request = { action, resource, context: { ...always, 's3:TlsVersion': '1.3', ...context, ...more } }
    return may(request, {
      identity,
      resource: statementsOfAll(ofBucket),
      ...(way.throughEndpoint ? { endpoint } : {}),
    })
  }
}
