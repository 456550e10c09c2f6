import { exportLines } from '#local/aws-environment'
import { defaultStateFolder } from '#local/endpoints-file'
import type { LocalAws } from '#local/local-aws'

type Up = Pick<LocalAws, 'endpoint' | 'ec2Endpoint' | 'region' | 'outputs' | 'awsCli'>

/** What `mayfly up` writes when everything is up; `stateFolder` is absolute. */
export const upReport = (local: Up, stateFolder: string): string => {
  const outputs = Object.entries(local.outputs).map(([name, value]) => `  ${name.padEnd(20)} ${value}`)
  return `
Local AWS   ${local.endpoint}
EC2         ${local.ec2Endpoint}
${outputs.length > 0 ? `Stack       Mayfly\n${outputs.join('\n')}\n` : ''}
${
  stateFolder === defaultStateFolder
    ? 'For your own `aws` in another shell (`mayfly` itself needs none of this):'
    : 'For `aws` and `mayfly` in another shell (`mayfly` finds by itself only what is up without --state-dir):'
}
${exportLines(local).join('\n')}

Ctrl-C stops everything.
`
}
