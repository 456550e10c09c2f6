import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Findings of a pack of cdk-nag that we accept, each with the sentence that a reviewer would accept. */
export const acknowledge = (
  construct: IConstruct,
  findings: Record<string, string>,
  pack: 'AwsSolutions' | 'HIPAA.Security' = 'AwsSolutions',
): void => {
  for (const [id, reason] of Object.entries(findings))
    Validations.of(construct).acknowledge({ id: `${pack}-${id}`, reason })
}
