import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { HeadObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3'
import { processors } from '#adapters/aws/processors'
import { stackAt } from '#cli/aws/open-stack'
import { patience } from '#cli/aws/patience'
import { packProcessor } from '#cli/processors/processor-archive'
import { configSides } from '#cli/rows/config-sides'
import { keepPushedConfig } from '#cli/rows/pushed-config'
import { projectFolder } from '#local/project-folder'

export type Pushed = {
  readonly name: string
  readonly sha256: string
  readonly key: string
  readonly bytes: number
  readonly packages: readonly string[]
  /** Whether `latest.json` now points elsewhere than before. */
  readonly changed: boolean
}

type Options = {
  readonly s3: S3Client
  readonly bucket: string
  /** Default: all. */
  readonly names?: readonly string[]
  readonly folder?: string
}

/**
 * Packs processors and uploads what is new: the archive under its hash first, then the pointer to it, so that a launch
 * never finds a pointer to nothing. @throws when a name is not a folder of config/processors.
 */
export const pushProcessors = async ({ s3, bucket, names = [], folder }: Options): Promise<Pushed[]> => {
  const place = folder ?? join(projectFolder, 'config', 'processors')
  const known = await processorNames(place)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0)
    throw new Error(`No processor ${unknown.join(', ')} in ${place}; there are: ${known.join(', ') || 'none'}`)
  const pushed: Pushed[] = []
  for (const name of names.length > 0 ? names : known) pushed.push(await push(join(place, name), s3, bucket))
  return pushed
}

/** Every folder with a processor.json; the others are code that processors have in common. */
const processorNames = async (place: string): Promise<string[]> => {
  const found: string[] = []
  for (const entry of await readdir(place, { withFileTypes: true })) {
    const isProcessor = entry.isDirectory() && (await readdir(join(place, entry.name))).includes('processor.json')
    if (isProcessor) found.push(entry.name)
  }
  return found.sort()
}

const push = async (folder: string, s3: S3Client, bucket: string): Promise<Pushed> => {
  const { name, sha256, archive, packages, architectures } = await packProcessor(folder)
  const key = `processors/${name}/${sha256}.tar.gz`
  if (!(await exists(s3, bucket, key)))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: archive, ContentType: 'application/gzip' }))
  const before = await processors(s3, bucket).latest(name)
  const pointer = { name, sha256, key, packages, ...(architectures === undefined ? {} : { architectures }) }
  const changed = !isDeepStrictEqual(before, pointer)
  if (changed)
    await s3.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: `processors/${name}/latest.json`,
        Body: `${JSON.stringify(pointer)}\n`,
        ContentType: 'application/json',
      }),
    )
  return { name, sha256, key, bytes: archive.length, packages, changed }
}

const exists = async (s3: S3Client, bucket: string, key: string): Promise<boolean> => {
  try {
    await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))
    return true
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false
    throw error
  }
}

type Local = {
  readonly env: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
}

/**
 * All processors, to a local AWS that has just been deployed and has the rows of config/, which is kept in mind for
 * `mayfly config`: `startLocalAws({ afterDeploy: pushToLocal })`.
 */
export const pushToLocal = async ({ env, outputs }: Local): Promise<void> => {
  const options = localClientOptions(env)
  const stack = stackAt(options.other, options.ec2, outputs)
  try {
    await pushProcessors({ s3: stack.s3, bucket: stack.names.ArtifactsBucket })
    const { files } = await configSides(stack)
    await keepPushedConfig(stack, files, { who: 'mayfly up', at: new Date().toISOString() })
  } finally {
    stack.close()
  }
}

/** SDK options that point at a local AWS and at nothing else, whatever the caller's environment says. */
export const localClientOptions = (env: Readonly<Record<string, string>>) => {
  const value = (name: string): string => {
    const found = env[name]
    if (found === undefined) throw new Error(`The local AWS gave no ${name}; it should have set it`)
    return found
  }
  const credentials = { accessKeyId: value('AWS_ACCESS_KEY_ID'), secretAccessKey: value('AWS_SECRET_ACCESS_KEY') }
  const common = { region: value('AWS_REGION'), credentials, requestHandler: patience }
  return {
    other: { endpoint: value('AWS_ENDPOINT_URL'), ...common },
    ec2: { endpoint: value('AWS_ENDPOINT_URL_EC2'), ...common },
  }
}
