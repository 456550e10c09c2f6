import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { definition } from '#infra/constructs/payer-file-machine'
import { projectFolder } from '#local/project-folder'
import { list, record, resourcesOf, template, texts } from '#test/infra/template'

const text = definition(false)
const states = Object.entries(record(record(JSON.parse(text))['States'])).map(([name, state]) => ({
  name,
  ...{ state: record(state), type: String(record(state)['Type']) },
}))
const names = states.map(({ name }) => name)
const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(projectFolder, folder, file), 'utf8'))

const retriers = states.flatMap(({ state }) => [...list(state['Retry']), ...list(state['Catch'])].map(record))
const errorNames = [...new Set(retriers.flatMap((one) => texts(one['ErrorEquals'])))]
const ours = errorNames.filter((name) => !/^(States|SQS|Lambda)\./.test(name))

describe('payer-file.asl.json', () => {
  it('every state has a comment that says something', () => {
    for (const { name, state } of states) expect(String(state['Comment'] ?? '').length, name).toBeGreaterThan(20)
  })

  it('begins somewhere and goes somewhere: every Next is a state, and every state is reached', () => {
    const start = String(record(JSON.parse(text))['StartAt'])
    const next = states.flatMap(({ state }) =>
      [state, ...list(state['Catch']).map(record)].flatMap((one) => texts(one['Next'])),
    )
    expect(next.filter((name) => !names.includes(name))).toEqual([])
    expect(names.filter((name) => name !== start && !next.includes(name))).toEqual([])
    expect(names).toContain(start)
    for (const { name, state, type } of states)
      expect(type === 'Fail' || state['End'] === true || 'Next' in state, `${name} ends nowhere`).toBe(true)
  })

  it('routes by error name, never by a choice, and waits by token, never by a clock', () => {
    expect(states.filter(({ type }) => !['Task', 'Fail'].includes(type))).toEqual([])
  })

  it('a happy file passes four states, the fewest that say what it does', () => {
    const path: string[] = []
    for (let at: string | undefined = 'Validate'; at !== undefined; ) {
      path.push(at)
      const [next] = texts(states.find(({ name }) => name === at)?.state['Next'])
      at = next
    }
    expect(path).toEqual(['Validate', 'WaitForTurn', 'RunOnInstance', 'Settle'])
  })

  it('a function of a state is the folder of its name', () => {
    const folders = [...text.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, name]) => String(name).toLowerCase())
    expect(folders.sort()).toEqual(['launch', 'validate'])
    for (const folder of folders)
      expect(existsSync(join(projectFolder, 'functions', folder, `${folder}.ts`))).toBe(true)
  })

  it.each(ours)(
    'error %s is an error that somebody throws by that name, or that the scheduler answers with',
    (name) => {
      const classes = sourcesBelow('functions').some((source) => source.includes(`override readonly name = '${name}'`))
      const answers = sourcesBelow('domain/schedule').some((source) => source.includes(`error: '${name}'`))
      expect(classes || answers).toBe(true)
    },
  )

  it('there are such names, and AWS’s own are spelt the way AWS spells them', () => {
    expect(ours.length).toBeGreaterThanOrEqual(8)
    expect(errorNames.filter((name) => !ours.includes(name)).sort()).toEqual([
      'Lambda.TooManyRequestsException',
      'SQS.AmazonSQSException',
      'SQS.SdkClientException',
      'States.ALL',
      'States.TaskFailed',
    ])
  })

  it('every error that ends a round is caught, so that the scheduler hears of it', () => {
    for (const { name, state } of states.filter(({ name }) =>
      ['Validate', 'WaitForTurn', 'RunOnInstance'].includes(name),
    )) {
      const last = record(list(state['Catch']).at(-1))
      expect({ name, errors: last['ErrorEquals'], next: last['Next'] }).toEqual({
        ...{ name, errors: ['States.ALL'], next: 'SettleFailure' },
      })
    }
  })

  it('a state that works has a time limit; the one that waits for its turn has none', () => {
    const limited = states.filter(({ state }) => 'TimeoutSeconds' in state).map(({ name }) => name)
    expect(limited).toEqual(['Validate', 'RunOnInstance'])
  })
})

describe('in the template', () => {
  const [machine] = resourcesOf(template, 'AWS::StepFunctions::StateMachine')
  const substitutions = record(machine?.properties['DefinitionSubstitutions'])

  it('every placeholder has a substitution, and every substitution is used', () => {
    const used = new Set([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name))
    expect(Object.keys(substitutions).sort()).toEqual([...used].sort())
  })

  it('the definition is the file’s text, and the emulator’s switch changes one line of it', () => {
    expect(machine?.properties['DefinitionString']).toBe(text)
    const [before, after] = [text.split('\n'), definition(true).split('\n')]
    expect(before.filter((line, n) => line !== after[n])).toEqual([expect.stringContaining('"TimeoutSeconds"')])
    expect(after).toHaveLength(before.length)
  })

  it('logs errors without the data of executions', () => {
    expect(machine?.properties['LoggingConfiguration']).toMatchObject({ IncludeExecutionData: false, Level: 'ERROR' })
  })
})
