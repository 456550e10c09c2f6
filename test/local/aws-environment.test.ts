import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { environmentWithoutAws, exportLines } from '#local/aws-environment'

const local = {
  endpoint: 'http://127.0.0.1:4001',
  ec2Endpoint: 'http://127.0.0.1:4002',
  region: 'us-east-1',
  awsCli: "/tmp/it's here/bin/aws",
}

describe('export lines', () => {
  it('give a shell the endpoints, the region and the private aws, whatever is in the path', () => {
    const script = [
      ...exportLines(local),
      'printf "%s\\n" "$AWS_ENDPOINT_URL|$AWS_ENDPOINT_URL_EC2|$AWS_REGION|$PATH" | cut -d: -f1-5',
    ]
    const printed = execFileSync('bash', ['-c', script.join('\n')], { encoding: 'utf8' })
    expect(printed).toBe("http://127.0.0.1:4001|http://127.0.0.1:4002|us-east-1|/tmp/it's here/bin\n")
  })
})

describe('the environment of what we start', () => {
  it.each(['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3', 'NODE_OPTIONS', 'PYTHONPATH'])(
    'does not hold the %s of the caller',
    (name) => {
      expect(environmentWithoutAws({ [name]: 'from the caller', HOME: '/home/ada' })).toEqual(
        expect.not.objectContaining({ [name]: expect.anything() }),
      )
    },
  )

  it('keeps the rest, and finds this Node first', () => {
    const { HOME, PATH } = environmentWithoutAws({ HOME: '/home/ada', PATH: '/usr/bin' })
    expect(HOME).toBe('/home/ada')
    expect(PATH?.startsWith(process.execPath.replace(/\/node$/, ':'))).toBe(true)
  })
})
