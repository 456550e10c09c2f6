import { describe, expect, it } from 'vitest'
import { Environment } from '#config/environments/environment'
import { cdkCommand, Protected, TellsNobody } from '#infra/cdk-command'
import { lastingIn, stackPolicy } from '#infra/lasting'
import { resourcesOf as allResources } from '#infra/rules/resource'
import { template } from '#test/infra/template'

const key = (partition: string, sort?: string) => ({
  KeySchema: [
    { AttributeName: partition, KeyType: 'HASH' },
    ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' }] : []),
  ],
})

/**
 * What was deployed first and may never be replaced: a line that has to change here means that an upgrade loses data, or
 * executions that wait. New lines are welcome.
 */
const ledger: Record<string, object> = {
  bucketslanding990A624F: {},
  bucketsresultsC6B3B64F: {},
  bucketsartifactsE01AF792: {},
  tablespayerpriority2AC1487D: key('payerId', 'fileType'),
  tablescapacitypools835707CC: key('pool'),
  tablesjobsE7C31F12: key('jobId'),
  tablesschedule2866B84D: key('PK', 'SK'),
  inboxqueue7AA68234: { FifoQueue: true },
  inboxdead32A4C86F: { FifoQueue: true },
  inboxundelivered54D2390D: {},
  inboxunreadedits183B8092: {},
  inboxfailedrunsD1F0E4C8: {},
  payerfilemachine6FE90627: { StateMachineName: 'mayfly-payer-file' },
}

const lasting = lastingIn(allResources(template.toJSON()))

describe('an upgrade', () => {
  it('replaces nothing that holds data, facts on their way or executions that wait', () => {
    expect(Object.fromEntries(lasting.map(({ id, fixed }) => [id, fixed]))).toEqual(ledger)
  })

  it('is told so by the stack policy: everything may change, what lasts may not be replaced or deleted', () => {
    const [allow, deny, ...more] = JSON.parse(stackPolicy(lasting)).Statement
    expect(allow).toEqual({ Effect: 'Allow', Principal: '*', Action: 'Update:*', Resource: '*' })
    expect(deny.Action).toEqual(['Update:Replace', 'Update:Delete'])
    expect(deny.Resource.sort()).toEqual(
      Object.keys(ledger)
        .map((id) => `LogicalResourceId/${id}`)
        .sort(),
    )
    expect(more).toEqual([])
  })
})

describe('npm run deploy, diff, destroy', () => {
  const dev = Environment.parse({ region: 'us-east-2' })
  const prod = Environment.parse({ protected: true })

  it.each(['deploy', 'diff', 'destroy'] as const)(
    '%s, to where the environment says, with whatever else the CDK takes',
    (action) => {
      expect(cdkCommand(action, 'dev', dev, ['--quiet'])).toEqual({
        args: [action, 'Mayfly', '--context', 'env=dev', '--quiet'],
        env: { AWS_REGION: 'us-east-2', AWS_DEFAULT_REGION: 'us-east-2' },
      })
    },
  )

  it('goes where the credentials lead when no region is named', () => {
    expect(cdkCommand('diff', 'prod', prod, []).env).toEqual({})
  })

  it('does not deploy what must be watched while its alarms reach nobody, and says where to name somebody', () => {
    expect(() => cdkCommand('deploy', 'prod', prod, [])).toThrow(TellsNobody)
    expect(() => cdkCommand('deploy', 'prod', prod, [])).toThrow(/alarms\.emails in config\/environments\/prod\.json/)
    const watched = { ...prod, alarms: { ...prod.alarms, emails: ['on-call@example.org'] } }
    expect(cdkCommand('deploy', 'prod', watched, []).args).toContain('deploy')
  })

  it('does not destroy what is protected, and says what would', () => {
    expect(() => cdkCommand('destroy', 'prod', prod, [])).toThrow(Protected)
    expect(() => cdkCommand('destroy', 'prod', prod, [])).toThrow(
      /"protected": false in config\/environments\/prod.json/,
    )
  })
})
