import { documentsOf, type Rule, statementsOf } from '#infra/rules/resource'

/** Two names each, one API: the CDK grants them so, and neither reaches beyond the key it is granted on. */
const pairs = ['kms:GenerateDataKey*', 'kms:ReEncrypt*']

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
