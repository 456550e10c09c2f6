import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import type { ClientOptions } from '#cli/aws-options'
import { whyNoStack } from '#cli/why-no-stack'

export class StackNotFound extends Error {
  override readonly name = 'StackNotFound'
}

/** Names of the buckets, tables and so on, from the outputs of the deployed stack. One AWS request. */
export const stackOutputs = async (options: ClientOptions): Promise<Readonly<Record<string, string>>> => {
  const cloudformation = new CloudFormationClient(options)
  try {
    const { Stacks: [stack] = [] } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'Mayfly' }))
    const named = (stack?.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey !== undefined && OutputValue !== undefined ? [[OutputKey, OutputValue] as const] : [],
    )
    return Object.fromEntries(named)
  } catch (error) {
    throw new StackNotFound(
      whyNoStack(error, { ...options, endpoint: options.endpoint ?? process.env['AWS_ENDPOINT_URL'] }),
    )
  } finally {
    cloudformation.destroy()
  }
}
