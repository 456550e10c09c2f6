import { describe, expect, it } from 'vitest'
import { clientOptions } from '#cli/aws-options'

const local = {
  pid: 7,
  startTime: '1',
  endpoint: 'http://127.0.0.1:4001',
  ec2Endpoint: 'http://127.0.0.1:4002',
  region: 'us-east-1',
  awsCli: '/bin/aws',
}
const up = async () => local
const down = async () => undefined
const dummy = { accessKeyId: 'test', secretAccessKey: 'test' }

describe('client options', () => {
  it.each([
    {
      given: 'nothing, and a local AWS is up',
      options: {},
      running: up,
      env: {},
      expected: { endpoint: local.endpoint, region: 'us-east-1', credentials: dummy },
    },
    { given: 'nothing, and no local AWS is up', options: {}, running: down, env: {}, expected: {} },
    { given: 'a profile', options: { profile: 'prod' }, running: up, env: {}, expected: { profile: 'prod' } },
    { given: 'a region', options: { region: 'eu-west-1' }, running: up, env: {}, expected: { region: 'eu-west-1' } },
    {
      given: 'an endpoint in the environment',
      options: {},
      running: up,
      env: { AWS_ENDPOINT_URL: 'http://x' },
      expected: {},
    },
    { given: 'a profile in the environment', options: {}, running: up, env: { AWS_PROFILE: 'prod' }, expected: {} },
    {
      given: 'an endpoint and no credentials',
      options: { endpointUrl: 'http://x' },
      running: up,
      env: {},
      expected: { endpoint: 'http://x', region: 'us-east-1', credentials: dummy },
    },
    {
      given: 'an endpoint and own credentials',
      options: { endpointUrl: 'http://x' },
      running: up,
      env: { AWS_ACCESS_KEY_ID: 'mine' },
      expected: { endpoint: 'http://x' },
    },
  ])('with $given', async ({ options, running, env, expected }) => {
    expect(await clientOptions(options, 'other', { running, env, say: () => {} })).toEqual(expected)
  })

  it('reach EC2 where the instances really run, and say which local AWS that is', async () => {
    const said: string[] = []
    const found = await clientOptions({}, 'ec2', { running: up, env: {}, say: (line) => said.push(line) })
    expect(found.endpoint).toBe(local.ec2Endpoint)
    expect(said).toEqual(['Using the local AWS at http://127.0.0.1:4001 (mayfly up, process 7)'])
  })
})
