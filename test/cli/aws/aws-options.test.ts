import { join } from 'node:path'
import { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { addAwsOptions, clientOptions } from '#cli/aws/aws-options'
import { patience } from '#cli/aws/patience'
import { projectFolder } from '#local/project-folder'

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
// A file that names the profile prod.
const configured = { AWS_CONFIG_FILE: join(projectFolder, 'test', 'cli', 'aws', 'aws-config') }
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
    { given: 'a profile', options: { profile: 'prod' }, running: up, env: configured, expected: { profile: 'prod' } },
    { given: 'a region', options: { region: 'eu-west-1' }, running: up, env: {}, expected: { region: 'eu-west-1' } },
    {
      given: 'an endpoint in the environment',
      options: {},
      running: up,
      env: { AWS_ENDPOINT_URL: 'http://x' },
      expected: {},
    },
    {
      given: 'a profile in the environment',
      options: {},
      running: up,
      env: { ...configured, AWS_PROFILE: 'prod' },
      expected: {},
    },
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
    expect(await clientOptions(options, 'other', { running, env, say: () => {} })).toEqual({
      ...expected,
      requestHandler: patience,
    })
  })

  it('reach EC2 where the instances really run, and say which local AWS that is', async () => {
    const said: string[] = []
    const found = await clientOptions({}, 'ec2', { running: up, env: {}, say: (line) => said.push(line) })
    expect(found.endpoint).toBe(local.ec2Endpoint)
    expect(said).toEqual(['Using the local AWS at http://127.0.0.1:4001 (mayfly up, process 7)'])
  })
})

describe('an endpoint that is given', () => {
  it.each([
    { given: 'the local AWS by address', endpointUrl: 'http://127.0.0.1:4001', running: up, ec2: local.ec2Endpoint },
    { given: 'the local AWS by name', endpointUrl: 'http://localhost:4001/', running: up, ec2: local.ec2Endpoint },
    { given: 'another one', endpointUrl: 'http://127.0.0.1:4566', running: up, ec2: 'http://127.0.0.1:4566' },
    {
      given: 'one while none is up',
      endpointUrl: 'http://127.0.0.1:4001',
      running: down,
      ec2: 'http://127.0.0.1:4001',
    },
  ])('$given: EC2 is at $ec2', async ({ endpointUrl, running, ec2 }) => {
    const seams = { running, env: {}, say: () => {} }
    const inEnv = { ...seams, env: { AWS_ENDPOINT_URL: endpointUrl } }
    expect((await clientOptions({}, 'ec2', inEnv)).endpoint ?? endpointUrl).toBe(ec2)
    expect((await clientOptions({}, 'other', inEnv)).endpoint).toBeUndefined()
    expect((await clientOptions({ endpointUrl }, 'ec2', seams)).endpoint).toBe(ec2)
    expect((await clientOptions({ endpointUrl }, 'other', seams)).endpoint).toBe(endpointUrl)
  })
})

it.each([
  { args: ['--endpoint-url', ''], says: /'--endpoint-url <url>' argument '' is invalid. It is empty/ },
  { args: ['--endpoint-url='], says: /It is empty, as an unset shell variable leaves it/ },
  { args: ['--endpoint-url', '127.0.0.1:4566'], says: /It should be an address, such as http:\/\/127.0.0.1:4566/ },
  { args: ['--profile', ''], says: /'--profile <name>' argument '' is invalid. It is empty.* such as prod/ },
  { args: ['--region', ' '], says: /It should be such as us-east-1, or left out/ },
])('$args are refused, not overlooked', ({ args, says }) => {
  const written: string[] = []
  const program = addAwsOptions(new Command('mayfly').exitOverride())
  program.configureOutput({ writeErr: (text) => void written.push(text) })
  expect(() => program.parse(args, { from: 'user' })).toThrow(says)
  expect(written.join('')).toMatch(says)
})
