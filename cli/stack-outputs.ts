import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import type { ClientOptions } from '#cli/aws-options'

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
    const where = options.endpoint ?? `region ${options.region ?? 'of your AWS configuration'}`
    const why = error instanceof Error ? error.message : String(error)
    throw new StackNotFound(
      `The stack Mayfly could not be read at ${where}: ${why}. Start a local one with \`mayfly up\`, or name one with --endpoint-url, --profile or --region.`,
    )
  } finally {
    cloudformation.destroy()
  }
}
