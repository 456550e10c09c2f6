import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import type { ClientOptions } from '#cli/aws/aws-options'
import { firstPatience } from '#cli/aws/patience'
import { NotAws } from '#cli/aws/why-aws-failed'
import { whyNoStack } from '#cli/aws/why-no-stack'

export class StackNotFound extends Error {
  override readonly name = 'StackNotFound'
}

/** Names of the buckets, tables and so on, from the outputs of the deployed stack. One AWS request. */
export const stackOutputs = async (options: ClientOptions): Promise<Readonly<Record<string, string>>> => {
  const cloudformation = new CloudFormationClient({ ...options, requestHandler: firstPatience })
  try {
    const { Stacks: [stack] = [], $metadata } = await cloudformation.send(
      new DescribeStacksCommand({ StackName: 'Mayfly' }),
    )
    // A page of another web server can be read as an empty answer.
    if (!stack) throw Object.assign(new NotAws('its answer holds no stack'), { $metadata })
    const named = (stack.Outputs ?? []).flatMap(({ OutputKey, OutputValue }) =>
      OutputKey !== undefined && OutputValue !== undefined ? [[OutputKey, OutputValue] as const] : [],
    )
    return Object.fromEntries(named)
  } catch (error) {
    // By its name, wherever the SDK has it from: a person may not know what their environment says.
    const region = await cloudformation.config.region().catch(() => options.region)
    const endpoint = options.endpoint ?? process.env['AWS_ENDPOINT_URL']
    throw new StackNotFound(whyNoStack(error, { ...options, region, endpoint }), { cause: error })
  } finally {
    cloudformation.destroy()
  }
}
