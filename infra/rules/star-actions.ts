import { list, type Resource, type Rule, record, statementsOf } from '#infra/rules/resource'

/** Two names each, one API: the CDK grants them so, and neither reaches beyond the key it is granted on. */
const pairs = ['kms:GenerateDataKey*', 'kms:ReEncrypt*']

const documentsOf = ({ type, properties }: Resource): unknown[] =>
  type === 'AWS::IAM::Role'
    ? list(properties['Policies']).map((policy) => record(policy)['PolicyDocument'])
    : type === 'AWS::KMS::Key'
      ? [] // The account's own statement, `kms:*` for its root, is how a key's rights come to be IAM's at all.
      : [properties['PolicyDocument']]

/** Rights are listed one by one: no `*`, no `service:*`, no `service:Verb*` in anything that allows. */
export const starActions: Rule = (resources) =>
  resources.flatMap((resource) => {
    const actions = documentsOf(resource)
      .flatMap(statementsOf)
      .filter(({ allows }) => allows)
      .flatMap((statement) => statement.actions)
      .filter((action) => action.includes('*') && !pairs.includes(action))
    return actions.length === 0
      ? []
      : [
          {
            id: resource.id,
            sentence: `It allows ${[...new Set(actions)].join(', ')}; list the actions that are needed.`,
          },
        ]
  })
