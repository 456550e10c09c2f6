import { type Resource, type Rule, statementsOf } from '#infra/rules/resource'

const documents: Record<string, string> = {
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
}

/** What ties a service's request to one account: where it comes from, or which log group it is for. */
const ties = ['aws:SourceAccount', 'aws:SourceArn', 'kms:EncryptionContext']
const isTied = (conditions: unknown): boolean => ties.some((tie) => JSON.stringify(conditions ?? {}).includes(tie))

const openStatement = ({ type, properties }: Resource): boolean =>
  statementsOf(properties[documents[type] ?? '']).some(
    ({ allows, services, conditions }) => allows && services.length > 0 && !isTied(conditions),
  )
const openPermission = ({ type, properties }: Resource): boolean =>
  type === 'AWS::Lambda::Permission' &&
  String(properties['Principal']).endsWith('.amazonaws.com') &&
  properties['SourceArn'] === undefined &&
  properties['SourceAccount'] === undefined

/** A service of AWS works for every account: whatever lets one in says for which of them (the confused deputy). */
export const openServices: Rule = (resources) =>
  resources
    .filter((resource) => openStatement(resource) || openPermission(resource))
    .map(({ id }) => ({
      id,
      sentence: 'It lets a service of AWS in for any account; add a condition on aws:SourceAccount or aws:SourceArn.',
    }))
