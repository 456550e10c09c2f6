import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Loader, Plugin } from 'esbuild'

type Diet = {
  name: string
  /** The files of packages that it concerns. */
  file: RegExp
  loader: Loader
  /** Says what the file is instead of it. */
  lean: (text: string) => string
}

const literalKeys = (text: string): string => {
  const constants = [...text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)]
  const literals = new Map(constants.map(([, name, literal]) => [name, literal]))
  return text.replace(/\[(_\w+)\]:/g, (found, name) => (literals.has(name) ? `${literals.get(name)}:` : found))
}

const onlyVersion = (text: string): string => {
  const { name, version }: { name?: string; version?: string } = JSON.parse(text)
  return JSON.stringify({ name, version })
}

const notInAFunction = (what: string): string =>
  `() => () => { throw new Error(${JSON.stringify(`${what} was left out of this bundle (infra/bundles/lean.ts)`)}) }`

/**
 * What esbuild cannot leave out by itself, each with what it weighed, minified. Nothing behaves otherwise: it is the same
 * value in another spelling, or what no function comes to. docs/decisions/0018 says why of each.
 */
export const diets: readonly Diet[] = [
  {
    // EC2's shapes: 540 of 580 KB, for 760 operations of which we call five. `{ [_eQN]: … }` might have a side effect for
    // all that esbuild knows, so every shape stayed; by a literal key those go to which nobody refers. S3's: 50 KB.
    name: 'literal-keys',
    file: /\/dist-es\/(submodules\/[^/]+\/)?schemas\/schemas_\d+\.js$/,
    loader: 'js',
    lean: literalKeys,
  },
  {
    // Profiles, SSO, web identity, processes, metadata: 110 KB. Lambda gives a function its credentials by environment.
    name: 'credentials-by-environment',
    file: /\/@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    loader: 'js',
    lean: () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'\n",
  },
  {
    // Streams of events (S3 Select and the like): 15 KB. Clients ask for them when they are made; no request of ours has one.
    name: 'no-event-streams',
    file: /\/@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
    loader: 'js',
    lean: () =>
      `export const resolveEventStreamSerdeConfig = (config) => config
export const eventStreamSerdeProvider = ${notInAFunction('event streams')}
export class EventStreamSerde {}
`,
  },
  {
    // DynamoDB's search for another endpoint, off unless asked for, and its cache: 7 KB.
    name: 'no-endpoint-discovery',
    file: /\/@aws-sdk\/middleware-endpoint-discovery\/dist-es\/resolveEndpointDiscoveryConfig\.js$/,
    loader: 'js',
    lean: () => 'export const resolveEndpointDiscoveryConfig = (config) => config\n',
  },
  {
    // For the user agent: 2.5 KB a client, of which the version is said.
    name: 'only-the-version',
    file: /\/@aws-sdk\/[^/]+\/package\.json$/,
    loader: 'json',
    lean: onlyVersion,
  },
  {
    // How a schema tells itself as JSON Schema: 18 KB. Those are written for editors, never in a function.
    name: 'no-json-schema',
    file: /\/zod\/v4\/classic\/schemas\.js$/,
    loader: 'js',
    lean: (text) =>
      text
        .replace(/^ +inst\._zod\.processJSONSchema = .*;$/gm, '')
        .replace(
          /^import \{ createStandardJSONSchemaMethod, createToJSONSchemaMethod \} from .*;$/m,
          `const createStandardJSONSchemaMethod = ${notInAFunction('JSON Schema')}, createToJSONSchemaMethod = createStandardJSONSchemaMethod;`,
        ),
  },
]

/** Tells of each file that it made lean: a diet that nothing needs any more, or that fits no more, is then seen. */
export const lean = (applied: (diet: string, before: string, after: string) => void = () => {}): Plugin => ({
  name: 'lean',
  setup({ onLoad }) {
    for (const { name, file, loader, lean } of diets)
      onLoad({ filter: file }, async ({ path }) => {
        const before = await readFile(path, 'utf8')
        const contents = lean(before)
        applied(name, before, contents)
        return { contents, loader, resolveDir: dirname(path) }
      })
  },
})
