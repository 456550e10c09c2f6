import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** A finding of cdk-nag that we accept, with the sentence that a reviewer would accept. */
export const acknowledge = (construct: IConstruct, findings: Record<string, string>): void => {
  for (const [id, reason] of Object.entries(findings))
    Validations.of(construct).acknowledge({ id: `AwsSolutions-${id}`, reason })
}
