import * as z from 'zod'
import { environmentWithoutAws } from '#local/aws-environment'
import { forward } from '#local/hypervisor/forward'
import { listenOnLoopback } from '#local/hypervisor/loopback-server'
import type { LocalAws } from '#local/local-aws'
import { runCommand } from '#local/run-command'
import { type Asked, askedRights } from '#test/support/asked-rights'

const Functions = z.object({
  Functions: z.array(
    z.object({
      FunctionName: z.string(),
      Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
    }),
  ),
})

/**
 * Puts a proxy of its own between each deployed function and its endpoints, which keeps the rights that its requests ask
 * for: actions, names of resources and what IAM's conditions look at, nothing else of what goes through. `pass` hands a
 * step's requests on.
 */
export const watchFunctions = async (
  { awsCli, env, endpoint, ec2Endpoint }: LocalAws,
  steps: readonly string[],
  pass = (_step: string): typeof forward => forward,
) => {
  const cli = (...args: string[]) => runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })
  /** Of each step, what differs. */
  const asked = new Map(steps.map((step) => [step, new Map<string, Asked>()]))
  const closing: (() => Promise<void>)[] = []
  const proxy = async (step: string, target: string): Promise<string> => {
    const server = await listenOnLoopback(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const body = Buffer.concat(chunks)
      const { method = 'GET', url = '/', headers } = request
      for (const right of askedRights({ method, url, headers, body: body.toString() }))
        asked.get(step)?.set(JSON.stringify(right), right)
      pass(step)(request, body, response, target)
    })
    closing.push(server.close)
    return `http://127.0.0.1:${server.port}`
  }
  const { Functions: deployed } = Functions.parse(JSON.parse(await cli('lambda', 'list-functions', '--output', 'json')))
  for (const step of steps) {
    const found = deployed.find(({ FunctionName }) => FunctionName.includes(`steps${step}function`))
    if (!found) throw new Error(`no function of ${step} among ${deployed.map((one) => one.FunctionName).join(', ')}`)
    const AWS_ENDPOINT_URL = await proxy(step, endpoint)
    const AWS_ENDPOINT_URL_EC2 = await proxy(step, ec2Endpoint)
    const Variables = { ...found.Environment.Variables, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_EC2 }
    const change = ['--function-name', found.FunctionName, '--environment', JSON.stringify({ Variables })]
    await cli('lambda', 'update-function-configuration', ...change)
  }
  return {
    asked: (step: string): readonly Asked[] => [...(asked.get(step)?.values() ?? [])],
    close: async () => {
      for (const close of closing) await close()
    },
  }
}
