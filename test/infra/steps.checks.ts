import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { env as launch } from '#functions/launch/env'
import { env as progress } from '#functions/progress/env'
import { env as reconfigure } from '#functions/reconfigure/env'
import { env as schedule } from '#functions/schedule/env'
import { env as sweep } from '#functions/sweep/env'
import { env as validate } from '#functions/validate/env'
import { projectFolder } from '#local/project-folder'
import { record, resourcesOf, template } from '#test/infra/template'

const steps = { launch, progress, reconfigure, schedule, sweep, validate }
const functions = resourcesOf(template, 'AWS::Lambda::Function')
const folders = readdirSync(join(projectFolder, 'functions'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

it('every folder of functions/ is one Lambda, and every Lambda a folder', () => {
  expect(functions.map(({ id }) => id.replace(/^steps|function[0-9A-F]{8}$/g, '')).sort()).toEqual(folders.sort())
  expect(Object.keys(steps).sort()).toEqual(folders.sort())
})

describe.each(Object.entries(steps))('%s', (name, env) => {
  const found = functions.find(({ id }) => id.startsWith(`steps${name}function`))

  it('gets exactly the variables that its env.ts declares', () => {
    const variables = record(record(found?.properties['Environment'])['Variables'])
    expect(
      Object.keys(variables)
        .filter((variable) => !variable.startsWith('AWS_'))
        .sort(),
    ).toEqual(Object.keys(env.shape).sort())
    for (const [variable, value] of Object.entries(variables)) expect(value, variable).not.toBe('')
  })

  it('reads the environment in its handler only', () => {
    const reading = readdirSync(join(projectFolder, 'functions', name))
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => readFileSync(join(projectFolder, 'functions', name, file), 'utf8').includes('process.env'))
    expect(reading).toEqual(['handler.ts'])
  })

  it('has time for three attempts of every request, one after the other', () => {
    const handler = readFileSync(join(projectFolder, 'functions', name, 'handler.ts'), 'utf8')
    const [waits = Number.NaN] = [...handler.matchAll(/const waits = answeredWithin\((\d+)\)/g)].map(([, s]) =>
      Number(s),
    )
    expect(waits * 3).toBeLessThan(Number(found?.properties['Timeout']))
    const made = [...handler.matchAll(/(?:Client|documentClient)\(([^)]*)/g)].map(([, options]) => options)
    expect(made.length).toBeGreaterThan(0)
    for (const options of made) expect(options).toMatch(/^waits$|answeredWithin\(/)
  })
})

it('the scheduler’s time and the queue’s visibility fit (six times, AWS’s rule)', () => {
  const scheduler = functions.find(({ id }) => id.startsWith('stepsschedule'))
  expect(Number(scheduler?.properties['Timeout']) * 6).toBe(90)
})
