import type { Environment } from '#config/environments/environment'

export class Protected extends Error {
  override readonly name = 'Protected'
}

export class TellsNobody extends Error {
  override readonly name = 'TellsNobody'
}

export type Action = 'deploy' | 'diff' | 'destroy'

export type CdkCommand = { args: string[]; env: Record<string, string> }

/**
 * The CDK's command for an environment; it asks before it widens rights and before it destroys. `more` goes to it as it is.
 * @throws Protected when a protected environment would be destroyed, TellsNobody when its alarms would reach nobody
 */
export const cdkCommand = (action: Action, name: string, environment: Environment, more: string[]): CdkCommand => {
  if (action === 'destroy' && environment.protected)
    throw new Protected(
      `${name} is protected. To destroy it, say "protected": false in config/environments/${name}.json, deploy that, and ask again; its tables and buckets stay unless "data" says "destroy".`,
    )
  if (action === 'deploy' && environment.protected && environment.alarms.emails.length === 0)
    throw new TellsNobody(
      `The alarms of ${name} would reach nobody: alarms.emails in config/environments/${name}.json is []; name at least one address, such as ["on-call@example.org"].`,
    )
  return {
    args: [action, 'Mayfly', '--context', `env=${name}`, ...more],
    env: environment.region ? { AWS_REGION: environment.region, AWS_DEFAULT_REGION: environment.region } : {},
  }
}
