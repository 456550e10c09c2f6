import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod'
import type { Bundle } from '#infra/bundles/bundle-steps'
import { environmentWithoutAws } from '#local/aws-environment'

const run = promisify(execFile)

const Start = z.object({
  /** From the first line of the bundle to its last, clients made, no request sent. */
  ms: z.number(),
  /** The same in processor time: what a busy machine does not stretch much. */
  cpuMs: z.number(),
  /** Of the whole process afterwards, resident. */
  megabytes: z.number(),
})
export type Start = z.infer<typeof Start>

/** What Lambda sets, and a value that every variable of every `env.ts` takes; its Node 24 is not warned of its age. */
const lambda = {
  ...{ AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', JOURNAL: 'off' },
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}
const names = async (step: string): Promise<string[]> => {
  const { env }: { env: z.ZodObject } = await import(`../functions/${step}/env.ts`)
  return Object.keys(env.shape)
}

const program = `const cpu = process.cpuUsage(), from = performance.now()
require(process.argv[1])
const ms = performance.now() - from, { user, system } = process.cpuUsage(cpu)
console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, megabytes: process.memoryUsage.rss() / 2 ** 20 }))`

const startOnce = async ({ step, folder }: Bundle): Promise<Start> => {
  const own = Object.fromEntries((await names(step)).map((name) => [name, 'none']))
  const env = { ...environmentWithoutAws(), ...own, ...lambda, LAMBDA_TASK_ROOT: folder }
  const { stdout } = await run(process.execPath, ['-e', program, join(folder, 'index.js')], { env, cwd: folder })
  return Start.parse(JSON.parse(stdout))
}

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/** Each bundle in so many fresh processes, one after the other and in turns, so that a busy minute hits all alike; medians. */
export const startOf = async (bundles: readonly Bundle[], processes: number): Promise<Start[]> => {
  const starts: Start[][] = bundles.map(() => [])
  for (let round = 0; round < processes; round += 1)
    for (const [n, bundle] of bundles.entries()) starts[n]?.push(await startOnce(bundle))
  return starts.map((of) => ({
    ms: median(of.map(({ ms }) => ms)),
    cpuMs: median(of.map(({ cpuMs }) => cpuMs)),
    megabytes: median(of.map(({ megabytes }) => megabytes)),
  }))
}
