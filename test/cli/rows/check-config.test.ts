import { describe, expect, it } from 'vitest'
import { checkConfig } from '#cli/rows/check-config'
import { configOfFolder } from '#cli/rows/config-rows'

const acme = { payerId: 'acme', fileType: '*', pool: 'p', instanceTypes: ['t3.small'] }
const pool = { pool: 'p', maxVcpus: 8, maxInstances: 2 }
const pushed = ['members', 'claims']
const check = (payers: readonly object[], pools: readonly object[] = [pool]) =>
  checkConfig({
    payers: payers.map((row, i) => ({ where: `row ${i}`, row })),
    pools: pools.map((row, i) => ({ where: `pool ${i}`, row })),
    hasProcessor: (processor) => pushed.includes(processor),
  })

describe('rows in order', () => {
  it('have no problem', () => expect(check([acme])).toEqual([]))
  it('config/ of the project has none', async () => expect(checkConfig(await configOfFolder())).toEqual([]))
  it('a pool with room for the largest candidate, exactly', () =>
    expect(check([{ ...acme, instanceTypes: ['t3.small', 'c7i.2xlarge'] }])).toEqual([]))
})

describe('a gate without grace', () => {
  const hasty = { payerId: '*', fileType: '*', graceSeconds: 0 }
  const checked = (onAws: boolean, row: object) =>
    checkConfig({
      payers: [hasty, { ...acme, ...row }].map((each, i) => ({ where: `row ${i}`, row: each })),
      pools: [{ where: 'pool', row: pool }],
      ...{ hasProcessor: () => true, onAws },
    }).filter(({ field }) => field === 'graceSeconds')

  it('is a problem on AWS, where a member file may be announced after its claims, once for the row that says so', () => {
    expect(checked(true, {})).toEqual([
      {
        where: 'row 0',
        field: 'graceSeconds',
        problem: expect.stringMatching(/^it is 0; .* member file .* 60 at least/),
      },
    ])
  })
  it('is none on a local AWS, nor where a row gives grace, nor where nothing is waited for', () => {
    expect(checked(false, {})).toEqual([])
    expect(checked(true, { graceSeconds: 60 })).toEqual([])
    expect(checked(true, { fileType: 'claims', after: [] })).toEqual([])
  })
})

describe('a problem names the row, the field, what was seen and what would be right', () => {
  it.each([
    { given: 'a value out of range', row: { ...acme, priority: 2000 }, field: 'priority', says: /<=1000; it is 2000$/ },
    {
      given: 'a word for a number',
      row: { ...acme, attempts: 'three' },
      field: 'attempts',
      says: /expected number.*"three"/,
    },
    {
      given: 'a misspelt field',
      row: { ...acme, priorty: 1 },
      field: 'priorty',
      says: /no such attribute; there are .*priority/,
    },
    {
      given: 'an unknown machine',
      row: { ...acme, instanceTypes: ['m9.huge'] },
      field: 'instanceTypes.0',
      says: /"m9.huge"; known: t3a/,
    },
    { given: 'no key', row: { fileType: '*' }, field: 'payerId', says: /it is missing$/ },
    { given: 'no such pool', row: { ...acme, pool: 'q' }, field: 'pool', says: /^no pool q; there are: p$/ },
    {
      given: 'a shape too big',
      row: { ...acme, instanceTypes: ['t3.small', 'c7i.4xlarge'] },
      field: 'instanceTypes',
      says: /never fits: .* takes 16 vCPUs .* has 8 and 2/,
    },
    {
      given: 'a type nobody has',
      row: { ...acme, fileType: 'claims', after: [{ type: 'membr' }] },
      field: 'after',
      says: /no row names file type membr/,
    },
    {
      given: 'a processor not pushed',
      row: { ...acme, fileType: 'claims', processor: 'audit' },
      field: 'processor',
      says: /processors push audit$/,
    },
    {
      given: 'a type without a processor',
      row: { ...acme, fileType: 'remits' },
      field: 'processor',
      says: /^files of type remits have no processor/,
    },
  ])('$given', ({ row, field, says }) => {
    const found = check(row.fileType === '*' ? [row] : [row, acme])
    // A default is named as the place of a field that no row has.
    expect(found.map((each) => each.field)).toEqual([field])
    expect(found[0]?.problem).toMatch(says)
    expect(found[0]?.where).toBe(field === 'processor' && row.fileType === 'remits' ? 'no row (default)' : 'row 0')
  })

  it.each([
    { given: 'no instances', row: { ...pool, maxInstances: 0 }, where: 'row 0', field: 'instanceTypes' },
    { given: 'no ceiling', row: { pool: 'p', maxInstances: 1 }, where: 'pool 0', field: 'maxVcpus' },
  ])('a pool with $given', ({ row, where, field }) => {
    expect(check([acme], [row]).map((each) => ({ where: each.where, field: each.field }))).toEqual([{ where, field }])
  })

  it('stands at the row that the field came from, once for all payers and types that it concerns', () => {
    const rows = [
      { payerId: '*', fileType: '*', pool: 'q' },
      { payerId: 'a', fileType: '*' },
      { payerId: 'b', fileType: '*' },
    ]
    expect(check(rows)).toEqual([{ where: 'row 0', field: 'pool', problem: 'no pool q; there are: p' }])
  })

  it('a row twice (in files; a table cannot)', () => {
    expect(check([acme, acme], [pool, pool])).toEqual([
      { where: 'row 1', field: 'row', problem: 'acme/* stands twice, first in row 0' },
      { where: 'pool 1', field: 'row', problem: 'p stands twice, first in pool 0' },
    ])
  })
})

describe('types that wait for each other', () => {
  const waits = (payerId: string, fileType: string, type: string) => ({ payerId, fileType, after: [{ type }] })
  const problem = 'file types wait for each other: claims → member → claims'

  it.each([
    { given: 'in a payer’s rows', rows: [acme, waits('acme', 'member', 'claims')], where: 'rows of payer acme' },
    { given: 'in everybody’s', rows: [acme, waits('*', 'member', 'claims')], where: 'rows of every payer' },
  ])('$given: the path, once', ({ rows, where }) => {
    expect(check(rows)).toEqual([{ where, field: 'after', problem }])
  })
})

it('an image that the instances of a row cannot boot stands at its payer', () => {
  const rows = [{ ...acme, image: 'ami-0123456789abcdef0', instanceTypes: ['m7i.large', 'm7g.large'] }]
  expect(check(rows)).toContainEqual({
    ...{ where: 'rows of payer acme', field: 'image' },
    problem: expect.stringContaining('one architecture'),
  })
})

describe('shapes', () => {
  const shaped = (change: object) => ({
    ...acme,
    shapes: [
      { upToMiB: 10, instanceTypes: ['t3.small'] },
      { instanceTypes: ['t3.medium'], ...change },
    ],
  })
  it.each([
    { given: 'in order', change: {}, says: undefined },
    {
      given: 'too big for the pool',
      change: { instanceTypes: ['c7i.4xlarge'] },
      says: /never fits: .*c7i.4xlarge takes 16/,
    },
    { given: 'with a processor that nobody pushed', change: { processor: 'nobody' }, says: /nobody was never pushed/ },
    {
      given: 'with an archive that is not there',
      change: { processor: `s3://our-artifacts/processors/own.tar.gz@${'0'.repeat(64)}` },
      says: /^nothing lies at s3:\/\/our-artifacts\/processors\/own.tar.gz, /,
    },
  ])('$given', ({ change, says }) => {
    const problems = check([shaped(change)])
    if (says) expect(problems.map(({ problem }) => problem)).toContainEqual(expect.stringMatching(says))
    else expect(problems).toEqual([])
  })
})

it('a processor that does not run on an instance of its row stands at the types', () => {
  const rows = [{ where: 'row 0', row: { ...acme, instanceTypes: ['m7i.large', 'm7g.large'] } }]
  const architecturesOf = () => ['x86_64']
  const problems = checkConfig({
    ...{ payers: rows, pools: [{ where: 'pool 0', row: pool }], hasProcessor: () => true, architecturesOf },
  })
  expect(problems).toContainEqual({
    ...{ where: 'row 0', field: 'instanceTypes' },
    problem: 'processor claims runs on x86_64; m7g.large is arm64',
  })
})
