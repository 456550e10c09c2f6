import { describe, expect, it } from 'vitest'
import { upReport } from '#cli/up/up-report'
import { defaultStateFolder } from '#local/endpoints-file'

const local = {
  endpoint: 'http://127.0.0.1:1',
  ec2Endpoint: 'http://127.0.0.1:2',
  region: 'us-east-1',
  outputs: { LandingBucket: 'landing' },
  awsCli: '/env/bin/aws',
}

describe('what mayfly up writes', () => {
  it.each([
    { folder: defaultStateFolder, says: 'For your own `aws` in another shell (`mayfly` itself needs none of this):' },
    {
      folder: '/tmp/second',
      says: 'For `aws` and `mayfly` in another shell (`mayfly` finds by itself only what is up without --state-dir):',
    },
  ])('says who needs the exports with state in $folder', ({ folder, says }) => {
    const lines = upReport(local, folder).split('\n')
    expect(lines[lines.indexOf(says) + 1]).toBe('export AWS_ENDPOINT_URL=http://127.0.0.1:1')
  })

  it('names the outputs of the stack', () => {
    expect(upReport(local, defaultStateFolder)).toContain('\nStack       Mayfly\n  LandingBucket        landing\n')
    expect(upReport({ ...local, outputs: {} }, defaultStateFolder)).not.toContain('Stack')
  })
})
