import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Instance } from '#local/hypervisor/instance'
import { ownerId } from '#local/hypervisor/instance-xml'
import { type LoopbackServer, listenOnLoopback } from '#local/hypervisor/loopback-server'

/** Minutes from now, 0 is at once; `cancel` takes a planned shutdown back. */
export type Power = (when: number | 'cancel') => void

/** What 169.254.169.254 is to a machine: its metadata (IMDSv2 only), and beside it the switch that `shutdown` uses. */
export function serveMetadata(instance: () => Instance, region: string, power: Power): Promise<LoopbackServer> {
  const tokens = new Map<string, number>()
  return listenOnLoopback((request, response) => {
    const answer = respond(request, { instance: instance(), region, power, tokens })
    response.writeHead(answer.status, { 'content-type': 'text/plain', connection: 'close' }).end(answer.body ?? '')
  })
}

interface Context {
  readonly instance: Instance
  readonly region: string
  readonly power: Power
  readonly tokens: Map<string, number>
}

function respond(request: IncomingMessage, context: Context): { status: ServerResponse['statusCode']; body?: string } {
  const path = (request.url ?? '').split('?', 1)[0]?.replace(/\/+$/, '') ?? ''
  if (request.method === 'POST' && path.startsWith('/power/')) {
    const when = path.slice('/power/'.length)
    context.power(when === 'cancel' ? 'cancel' : Number(when))
    return { status: 200 }
  }
  if (path === '/latest/api/token') {
    const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds'])
    if (request.method !== 'PUT') return { status: 405 }
    if (!(seconds >= 1 && seconds <= 21_600)) return { status: 400 }
    const token = randomBytes(24).toString('base64url')
    context.tokens.set(token, Date.now() + seconds * 1000)
    return { status: 200, body: token }
  }
  const expiry = context.tokens.get(String(request.headers['x-aws-ec2-metadata-token'])) ?? 0
  if (expiry < Date.now()) return { status: 401 }
  const body = valuesOf(context)[path.replace(/^\/latest/, '')]
  return body === undefined ? { status: 404 } : { status: 200, body }
}

/** The paths that exist. `spot/instance-action` does only when an interruption is coming. */
function valuesOf({ instance, region }: Context): Readonly<Record<string, string>> {
  const { id, instanceType, imageId, zone, interruptedAt } = instance
  const document = { accountId: ownerId, region, availabilityZone: zone, instanceId: id, instanceType, imageId }
  const profile = instance.profileArn ?? instance.profileName
  return {
    '/meta-data/instance-id': id,
    '/meta-data/instance-type': instanceType,
    '/meta-data/ami-id': imageId,
    '/meta-data/instance-life-cycle': instance.spot ? 'spot' : 'on-demand',
    '/meta-data/local-ipv4': '127.0.0.1',
    ...(interruptedAt === undefined
      ? {}
      : { '/meta-data/spot/instance-action': JSON.stringify({ action: 'terminate', time: interruptedAt }) }),
    '/meta-data/placement/region': region,
    '/meta-data/placement/availability-zone': zone,
    '/dynamic/instance-identity/document': JSON.stringify(document),
    ...(profile === undefined
      ? {}
      : {
          '/meta-data/iam/info': JSON.stringify({ Code: 'Success', InstanceProfileArn: profile }),
          '/meta-data/iam/security-credentials': 'local',
          '/meta-data/iam/security-credentials/local': JSON.stringify({
            Code: 'Success',
            Type: 'AWS-HMAC',
            AccessKeyId: 'test',
            SecretAccessKey: 'test',
            Token: 'test',
            Expiration: new Date(Date.now() + 3_600_000).toISOString(),
          }),
        }),
  }
}
