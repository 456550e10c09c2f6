import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import type { ClientOptions } from '#cli/aws/aws-options'

/** Names (physical ids) of all resources of one type, such as `AWS::Logs::LogGroup`, in the deployed stack. */
export const stackResources = async (options: ClientOptions, type: string): Promise<string[]> => {
  const client = new CloudFormationClient(options)
  try {
    const found: string[] = []
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName: 'Mayfly' }))
      for (const { ResourceType, PhysicalResourceId } of StackResourceSummaries)
        if (ResourceType === type && PhysicalResourceId !== undefined) found.push(PhysicalResourceId)
    return found
  } finally {
    client.destroy()
  }
}
