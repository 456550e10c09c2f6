import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFolder } from '#local/project-folder'

type Source = { path: string; text: string; code: string; imports: string[] }

const skipped = new Set(['node_modules', 'cdk.out', '.git', '.mayfly'])
const filesBelow = (folder: string): string[] =>
  readdirSync(join(projectFolder, folder), { withFileTypes: true })
    .filter(({ name }) => !skipped.has(name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      return entry.isDirectory() ? [path, ...filesBelow(path)] : [path]
    })

/** Code without comments and without what stands in quotes, so that prose may say "new Date()". */
const codeOf = (text: string): string =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(\\.|[^'\\\n])*'/g, "''")

const read = (path: string): Source => {
  const text = readFileSync(join(projectFolder, path), 'utf8')
  const imports = [
    ...text.matchAll(/^\s*(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gm),
  ]
  return { path, text, code: codeOf(text), imports: imports.map(([, a, b, c]) => String(a ?? b ?? c)) }
}
const everything = filesBelow('.')
const sources = everything.filter((path) => path.endsWith('.ts')).map(read)
const under = (...folders: string[]): Source[] =>
  sources.filter(({ path }) => folders.some((folder) => path.startsWith(`${folder}/`)))

/** Where an import leads, from the project's folder; a package's name as it stands. */
const target = ({ path }: Source, specifier: string): string => {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? join(path, '..', specifier) : `package:${specifier}`
}
const targets = (source: Source): string[] => source.imports.map((specifier) => target(source, specifier))
/** `path: what` for every import that is not allowed. */
const strangers = (from: Source[], allowed: (target: string, source: Source) => boolean): string[] =>
  from.flatMap((source) =>
    targets(source)
      .filter((to) => !allowed(to, source))
      .map((to) => `${source.path}: ${to}`),
  )
const leadsTo = (to: string, ...folders: string[]): boolean => folders.some((folder) => to.startsWith(`${folder}/`))

it('there is something to look at', () => {
  for (const folder of ['domain', 'adapters', 'functions', 'infra', 'local', 'cli'])
    expect(under(folder).flatMap(({ imports }) => imports).length, folder).toBeGreaterThan(5)
})

describe('domain/', () => {
  it('imports zod, itself, and a hash where ids are made', () => {
    const allowed = (to: string, { path }: Source) =>
      to === 'package:zod' || leadsTo(to, 'domain') || (to === 'package:node:crypto' && path === 'domain/job-id.ts')
    expect(strangers(under('domain'), allowed)).toEqual([])
  })

  it.each([
    ['waits', /\b(async|await|Promise|setTimeout|setInterval|queueMicrotask|then)\b\s*[(<{]?/],
    ['looks at the clock', /Date\.now|new Date\(\s*\)|performance\./],
    ['throws dice', /Math\.random|randomUUID|randomBytes|getRandomValues/],
    ['looks at its surroundings', /\bprocess\.|globalThis|require\(|import\.meta|\bfetch\(/],
    ['writes to a console', /\bconsole\./],
  ])('never %s', (_, pattern) => {
    const found = under('domain')
      .filter(({ path }) => !path.startsWith('domain/ports/'))
      .filter(({ code }) => pattern.test(code))
    expect(found.map(({ path }) => path)).toEqual([])
  })

  it('ports are types: nothing of theirs runs but their errors', () => {
    const running = under('domain/ports').filter(({ code }) => /\b(function|async|await|=> \{|const )\b/.test(code))
    expect(running.map(({ path }) => path)).toEqual([])
  })
})

describe('imports point one way', () => {
  it('adapters know the domain only', () => {
    const allowed = (to: string) => leadsTo(to, 'domain', 'adapters') || to.startsWith('package:')
    expect(strangers(under('adapters'), allowed)).toEqual([])
  })

  it('adapters and functions know nothing of infra, cli, local, test', () => {
    const allowed = (to: string) => !leadsTo(to, 'infra', 'cli', 'local', 'test', 'console', 'simulator')
    expect(strangers(under('adapters', 'functions'), allowed)).toEqual([])
  })

  it('only a handler joins a step to an adapter', () => {
    const steps = under('functions').filter(({ path }) => !path.endsWith('/handler.ts'))
    expect(strangers(steps, (to) => !leadsTo(to, 'adapters'))).toEqual([])
  })

  it('a step knows no other step', () => {
    const own = (path: string) => path.split('/').slice(0, 2).join('/')
    const steps = under('functions').filter(({ path }) => path.split('/').length > 2)
    const toAStep = (to: string) => leadsTo(to, 'functions') && to.split('/').length > 2
    expect(strangers(steps, (to, { path }) => !toAStep(to) || own(to) === own(path))).toEqual([])
  })

  it('infra takes the environment of functions, the names of their metrics, configuration, and nothing else of ours', () => {
    const allowed = (to: string) =>
      to.startsWith('package:') || leadsTo(to, 'infra', 'config') || /^functions\/([a-z-]+\/env|metrics)$/.test(to)
    expect(strangers(under('infra'), allowed)).toEqual([])
  })

  it('nothing but tests knows tests, and nothing in production knows the local machine', () => {
    const shipped = under('domain', 'adapters', 'functions', 'infra', 'config', 'cli', 'local')
    expect(strangers(shipped, (to) => !leadsTo(to, 'test'))).toEqual([])
    expect(strangers(under('infra', 'domain', 'functions', 'adapters'), (to) => !leadsTo(to, 'local'))).toEqual([])
  })
})

describe('names', () => {
  it('no folder or file is called after nothing in particular', () => {
    const empty = /^(utils?|helpers?|common|shared|managers?|services?|misc|lib)(\.[a-z.]+)?$/
    const parts = everything.filter((path) => path.split('/').some((part) => empty.test(part)))
    expect(parts).toEqual([])
  })

  it('files are kebab-case, and none is a barrel', () => {
    const names = everything.filter((path) => /\.(ts|sh|mjs)$/.test(path))
    expect(names.filter((path) => !/^[a-z0-9.-]+$/.test(path.split('/').at(-1) ?? ''))).toEqual([])
    expect(names.filter((path) => /(^|\/)index\.ts$/.test(path))).toEqual([])
  })

  it('no source is longer than 300 lines', () => {
    const long = everything
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ path, lines: readFileSync(join(projectFolder, path), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300)
    // The emulator's and the hypervisor's contract suite is one table.
    expect(long.filter(({ path }) => !path.startsWith('test/contracts/'))).toEqual([])
  })
})

it('an error says its own name, literally (minifying renames constructors)', () => {
  const classes = under('domain', 'functions', 'adapters').flatMap(({ path, text }) =>
    [...text.matchAll(/class (\w+) extends \w*Error \{([\s\S]*?)\n\}/g)].map(([, name, body]) => ({
      path,
      name,
      body,
    })),
  )
  expect(classes.length).toBeGreaterThan(5)
  const wrong = classes.filter(({ name, body }) => !body?.includes(`override readonly name = '${name}'`))
  expect(wrong.map(({ path, name }) => `${path}: ${name}`)).toEqual([])
})
