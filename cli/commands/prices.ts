import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import type { Command } from 'commander'
import type { AwsOptions } from '#cli/aws/aws-options'
import { readPriceList } from '#cli/money/price-list'
import { refreshedPrices } from '#cli/money/refreshed-prices'
import { spotPrices } from '#cli/money/spot-prices'
import { terminal } from '#cli/screen/terminal'
import { textTable } from '#cli/screen/text-table'
import { prices } from '#config/prices'
import { PriceTable } from '#domain/prices'
import { projectFolder } from '#local/project-folder'

type RefreshOptions = AwsOptions & { readonly file?: string; readonly spot?: boolean; readonly dryRun?: boolean }

const ending = `
Examples:
  $ mayfly prices refresh                    from AWS's public Price List: no account needed, some 300 MB are read
  $ mayfly prices refresh --file index.csv   from a copy of it
  $ mayfly prices refresh --spot --profile prod   spot prices too, by DescribeSpotPriceHistory

Writes the instance prices of config/prices.json with their date. A job is charged by the prices that were deployed when its
instance was launched. Prices of services are edited by hand. Then: npm run format, npm run check.`

export const register = (program: Command) => {
  const group = program.command('prices').description('the list prices that jobs are charged by')
  group
    .command('refresh')
    .description('write config/prices.json anew from the AWS Price List')
    .option('--file <csv>', 'read this copy of the offer file instead of asking AWS')
    .option('--spot', 'ask EC2 for the spot prices; else they are estimated')
    .option('--dry-run', 'say what would change and write nothing')
    .addHelpText('after', ending)
    .exitOverride()
    .action(async (_options, command: Command) => refresh(command.optsWithGlobals<RefreshOptions>()))
}

const offer = (region: string): string =>
  `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/${region}/index.csv`

const downloaded = async (url: string): Promise<Readable> => {
  const answer = await fetch(url).catch((error: Error) => {
    throw new Error(`${url} could not be read: ${error.cause instanceof Error ? error.cause.message : error.message}`)
  })
  if (!answer.ok || !answer.body) throw new Error(`${url} answered ${answer.status}; it should be 200 with a body`)
  return Readable.from(answer.body)
}

const refresh = async (options: RefreshOptions) => {
  const { file, spot, dryRun, json, region = prices.region } = options
  const types = Object.keys(prices.instances)
  const url = offer(region)
  const input = file === undefined ? await downloaded(url) : createReadStream(file)
  const list = await readPriceList(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }), types)
  const asked = spot ? await spotPrices({ ...options, region }, types) : undefined
  const table = PriceTable.parse(refreshedPrices({ ...prices, region }, list, url, asked))
  if (!dryRun) await writeFile(join(projectFolder, 'config', 'prices.json'), `${JSON.stringify(table, null, 2)}\n`)
  if (json) return void process.stdout.write(`${JSON.stringify(table, null, 2)}\n`)
  const rows = types.map((type) => [
    ...[type, String(prices.instances[type]?.onDemand), String(table.instances[type]?.onDemand)],
    ...[String(prices.instances[type]?.spot), String(table.instances[type]?.spot)],
  ])
  const columns = ['TYPE', 'WAS', 'IS', 'SPOT WAS', 'SPOT IS'].map((title) => ({ title }))
  const lines = [...textTable(columns, rows, terminal()), '', `Prices of ${table.asOf}, ${region}, US dollars an hour.`]
  process.stdout.write(`${lines.join('\n')}\n`)
}
