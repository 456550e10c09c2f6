import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3'
import { forward } from '#local/hypervisor/forward'
import { listenOnLoopback } from '#local/hypervisor/loopback-server'
import { pythonTools } from '#local/python-tools'
import { type Asked, askedRights } from '#test/support/asked-rights'

/** One right that a machine's request asks for, with what IAM would have known of it. */
export type MachinesRequest = Asked & {
  readonly instanceId: string
  /** Of the object version that is read, when it is read. */
  readonly tags: Readonly<Record<string, string>>
}

/**
 * An `aws` for machines that goes through a proxy of ours, and every right that their requests ask for. The machine tells
 * who it is in its user agent, which the CLI fills from AWS_EXECUTION_ENV. `lead` says where the endpoint is.
 */
export const watchMachines = async () => {
  const { awsCli } = await pythonTools({ say: () => {} })
  const folder = await mkdtemp(join(tmpdir(), 'mayfly-watched-'))
  const requests: MachinesRequest[] = []
  let endpoint = ''
  let s3: S3Client | undefined
  const tagsOf = async (Bucket: string, Key: string, VersionId: string | null) => {
    if (!VersionId) return {}
    const { TagSet = [] } = (await s3?.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId }))) ?? {}
    return Object.fromEntries(TagSet.map(({ Key: name, Value }) => [String(name), String(Value)]))
  }
  const server = await listenOnLoopback(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { method = 'GET', url = '/', headers } = request
    const instanceId = /exec-env\/(i-[0-9a-f]+)/.exec(headers['user-agent'] ?? '')?.[1] ?? 'nobody'
    const { pathname, searchParams } = new URL(url, 'http://endpoint')
    const [bucket = '', ...parts] = pathname.slice(1).split('/').map(decodeURIComponent)
    const key = parts.join('/')
    const tags = method === 'GET' ? await tagsOf(bucket, key, searchParams.get('versionId')) : {}
    const body = Buffer.concat(chunks)
    // A payer file must not be taken for a form.
    for (const right of askedRights({ method, url, headers, body: '' })) requests.push({ ...right, instanceId, tags })
    forward(request, body, response, endpoint)
  })
  const aws = join(folder, 'aws')
  const address = `http://127.0.0.1:${server.port}`
  const told = `AWS_EXECUTION_ENV="$MAYFLY_INSTANCE" AWS_ENDPOINT_URL='${address}'`
  await writeFile(aws, `#!/bin/bash\n${told} exec '${awsCli}' "$@"\n`)
  await chmod(aws, 0o755)
  return {
    aws,
    requests: (): readonly MachinesRequest[] => requests,
    lead: (to: string) => {
      endpoint = to
      const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
      s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
    },
    close: async () => {
      await server.close()
      s3?.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
