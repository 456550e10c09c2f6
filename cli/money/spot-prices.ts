import { type _InstanceType, EC2Client, paginateDescribeSpotPriceHistory } from '@aws-sdk/client-ec2'
import { type AwsOptions, clientOptions } from '#cli/aws/aws-options'
import { toldOf } from '#cli/aws/why-aws-failed'

const HOUR_MS = 3_600_000

/** The dearest zone's price of each type in the last hour, US dollars per hour. */
export const spotPrices = async (options: AwsOptions, types: readonly string[]): Promise<Record<string, number>> => {
  const asked = await clientOptions(options, 'ec2')
  const client = new EC2Client(asked)
  try {
    const found: Record<string, number> = {}
    const question = {
      InstanceTypes: types.map((type) => type as _InstanceType),
      ProductDescriptions: ['Linux/UNIX'],
      StartTime: new Date(Date.now() - HOUR_MS),
    }
    for await (const { SpotPriceHistory = [] } of paginateDescribeSpotPriceHistory({ client }, question))
      for (const { InstanceType = '', SpotPrice } of SpotPriceHistory)
        found[InstanceType] = Math.max(found[InstanceType] ?? 0, Number(SpotPrice))
    return found
  } catch (error) {
    throw toldOf(error, asked)
  } finally {
    client.destroy()
  }
}
