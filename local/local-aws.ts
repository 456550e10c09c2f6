import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { awsVariables, environmentWithoutAws } from '#local/aws-environment'
import { bootstrap, deploy, synthesise } from '#local/deploy'
import { emulatorAccount, startEmulator } from '#local/emulator'
import { defaultStateFolder, publishEndpoints, withdrawEndpoints } from '#local/endpoints-file'
import { freePort } from '#local/free-port'
import { startHypervisorProcess } from '#local/hypervisor-process'
import { pushConfig } from '#local/load-config'
import { pythonTools } from '#local/python-tools'
import { runCommand } from '#local/run-command'
import { claimStateFolder } from '#local/state-folder'

export type LocalAws = {
  readonly endpoint: string
  readonly ec2Endpoint: string
  readonly region: string
  /** For child processes and SDK clients: endpoints, region, credentials. */
  readonly env: Readonly<Record<string, string>>
  /** Of the deployed stack; empty without a deployment. */
  readonly outputs: Readonly<Record<string, string>>
  readonly awsCli: string
  /** Resolves, with the reason, if the emulator or the hypervisor ends before `stop`. */
  readonly broken: Promise<string>
  /** Ends everything that was started, instances included. Safe to call twice. */
  stop(): Promise<void>
}

type Options = {
  /** State, logs and ports of one local AWS; two with different folders do not meet. */
  readonly stateDir?: string
  /** Told about each slow step. */
  readonly say?: (line: string) => void
  /** The `aws` that instances call; the real one unless said. */
  readonly machinesAws?: string
  /** False: emulator and hypervisor only. */
  readonly deploy?: boolean
  /** Runs after the stack and its configuration are there, such as pushing the processors. */
  readonly afterDeploy?: (local: Pick<LocalAws, 'env' | 'outputs'>) => Promise<void>
  /** Gives up the start, ending what is already running. */
  readonly signal?: AbortSignal
}

const region = 'us-east-1'

/** The whole system on this machine: see the page on local AWS in the docs. Takes about 10 s. */
export const startLocalAws = async (options: Options = {}): Promise<LocalAws> => {
  const { say = () => {}, signal } = options
  const folder = resolve(options.stateDir ?? defaultStateFolder)
  const began = Date.now()
  const state = await claimStateFolder(folder, say)
  const undo: (() => Promise<void>)[] = [state.release]
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      for (const step of undo.reverse()) await step()
    })()
    return stopped
  }
  // Payer files lie in there, so they go with the last order; after a crash the hypervisor needs its own first.
  const dataFolders = [join(folder, 'emulator'), join(folder, 'hypervisor')]
  const removeData = async () => {
    for (const data of dataFolders) await rm(data, { recursive: true, force: true })
  }

  try {
    // The slowest steps need no endpoint: they run while the emulator starts.
    const wanted = options.deploy !== false
    if (wanted) say('Synthesising the template and bundling the functions')
    const assembly = wanted ? synthesise(folder, signal) : undefined
    assembly?.catch(() => {}) // reported where it is awaited
    undo.push(async () => {
      await assembly?.catch(() => {})
    })

    const tools = await pythonTools({ say })
    signal?.throwIfAborted()
    const given = process.env['AWS_ENDPOINT_URL']
    const [port, ec2Port] = [await freePort(), await freePort()]
    const endpoint = given ?? `http://127.0.0.1:${port}`
    const ec2Endpoint = `http://127.0.0.1:${ec2Port}`
    const env = awsVariables({ endpoint, ec2Endpoint, region })
    const broken: Promise<string>[] = []

    if (!state.crashed) await removeData()
    await mkdir(folder, { recursive: true })
    undo.push(removeData)
    if (given) say(`Using the endpoint of AWS_ENDPOINT_URL: ${given}`)
    else {
      say(`Starting the emulator at ${endpoint}`)
      const emulator = await startEmulator({ python: tools.python, port, ec2Endpoint, region, folder, state })
      undo.push(emulator.stop)
      broken.push(emulator.ended.then((why) => `The emulator ended (${why}); see ${join(folder, 'emulator.log')}`))
    }
    signal?.throwIfAborted()

    say(`Starting the hypervisor at ${ec2Endpoint}`)
    const { awsCli } = tools
    const hypervisor = await startHypervisorProcess({
      emulatorUrl: endpoint,
      port: ec2Port,
      region,
      awsCli: options.machinesAws ?? awsCli,
      folder,
      state,
    })
    undo.push(hypervisor.stop)
    broken.push(hypervisor.ended.then((why) => `The hypervisor ended (${why}); see ${join(folder, 'hypervisor.log')}`))

    let outputs: Record<string, string> = {}
    if (assembly) {
      say('Preparing the endpoint for the CDK')
      await bootstrap(given ? await accountOf(awsCli, env) : emulatorAccount, region, env, folder, signal)
      const template = await assembly
      say('Deploying the stack')
      outputs = await deploy(template, env, folder, signal)
      const loaded = await loadTables(env, outputs)
      say(`Loaded config/: ${loaded.payers} payer rows, ${loaded.pools} pools`)
      await options.afterDeploy?.({ env, outputs })
    }
    await publishEndpoints(folder, { endpoint, ec2Endpoint, region, awsCli })
    undo.push(() => withdrawEndpoints(folder))
    say(`Local AWS is up after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    return { endpoint, ec2Endpoint, region, env, outputs, awsCli, broken: Promise.race(broken), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const accountOf = async (awsCli: string, env: Readonly<Record<string, string>>) => {
  const args = ['sts', 'get-caller-identity', '--query', 'Account', '--output', 'text']
  return (await runCommand({ command: awsCli, args, env: { ...environmentWithoutAws(), ...env } })).trim()
}

const loadTables = async (env: ReturnType<typeof awsVariables>, outputs: Readonly<Record<string, string>>) => {
  const dynamodb = new DynamoDBClient({
    endpoint: env.AWS_ENDPOINT_URL,
    region,
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY },
  })
  const { PayerPriorityTable: payerPriority, CapacityPoolsTable: capacityPools } = outputs
  if (!payerPriority || !capacityPools)
    throw new Error(
      `The stack has no outputs PayerPriorityTable and CapacityPoolsTable, only: ${Object.keys(outputs).join(', ')}`,
    )
  try {
    return await pushConfig(DynamoDBDocumentClient.from(dynamodb), { payerPriority, capacityPools })
  } finally {
    dynamodb.destroy()
  }
}
