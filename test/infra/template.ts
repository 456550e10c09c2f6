import { readFileSync } from 'node:fs'
import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { MayflyStack } from '#infra/mayfly-stack'
import { list, record, texts } from '#test/infra/values'

export type Resource = { id: string; type: string; properties: Record<string, unknown>; deletionPolicy?: string }

/** An app as the CDK's command makes it: with the flags of cdk.json. */
export const appOfTheCdk = (): App =>
  new App({ context: JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')).context })

/** The template that `cdk synth` writes. The functions are bundled on the way: some seconds. */
export const synthesise = (options: { emulator?: boolean; destroyData?: boolean } = {}): Template =>
  Template.fromStack(
    new MayflyStack(appOfTheCdk(), 'Mayfly', { emulator: false, destroyData: false, owner: 'tests', ...options }),
  )

/** Made once, for all checks of mayfly-stack.test.ts. */
export const template = synthesise()

export { list, record, texts }

/** All resources of a template, or those of one type. */
export const resourcesOf = (template: Template, type?: string): Resource[] =>
  Object.entries(record(template.toJSON()['Resources']))
    .map(([id, resource]) => ({ id, ...record(resource) }))
    .map((resource) => ({
      id: resource.id,
      type: String(Reflect.get(resource, 'Type')),
      properties: record(Reflect.get(resource, 'Properties')),
      deletionPolicy: String(Reflect.get(resource, 'DeletionPolicy') ?? ''),
    }))
    .filter((resource) => type === undefined || resource.type === type)

export type Statement = {
  effect: string
  actions: string[]
  /** As text, references included. */
  resources: string[]
  conditions: Record<string, unknown>
  sid: string
  principal: unknown
}

/** The statements of a policy document. */
export const statementsOf = (document: unknown): Statement[] =>
  list(record(document)['Statement'])
    .map(record)
    .map((statement) => ({
      effect: String(statement['Effect']),
      actions: texts(statement['Action']),
      resources: list(statement['Resource']).map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
      conditions: record(statement['Condition']),
      sid: String(statement['Sid'] ?? ''),
      principal: statement['Principal'],
    }))

/** What a role may do: the statements of all policies attached to it by name. */
export const rightsOf = (template: Template, role: (id: string) => boolean): Statement[] =>
  resourcesOf(template, 'AWS::IAM::Policy')
    .filter(({ properties }) => list(properties['Roles']).some((one) => role(String(record(one)['Ref']))))
    .flatMap(({ properties }) => statementsOf(properties['PolicyDocument']))
