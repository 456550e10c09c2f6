import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'

type Diet = {
  name: string
  /** The files of packages that it concerns. */
  file: RegExp
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

/** Every word of what is bundled of ours and speaks to AWS. */
const ourWords = (): Set<string> => {
  const folders = ['adapters/aws', 'functions'].map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)))
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  )
  return new Set(sources.flatMap((text) => text.match(/\w+/g) ?? []))
}
const words = ourWords()

const leftOut = (what: string): string =>
  `throw new Error(${JSON.stringify(`${what} was left out of this bundle (infra/bundles/lean.ts)`)})`
const notInAFunction = (what: string): string => `() => () => { ${leftOut(what)} }`

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
    lean: literalKeys,
  },
  {
    // A class and a shape for each error of a service: 9 KB of DynamoDB's, 5 of S3's. Whom nobody names by its class comes as
    // the service's own exception, with the same name and message; that is how the SDK treats errors that it does not know.
    name: 'errors-that-are-named',
    file: /\/dist-es\/(submodules\/[^/]+\/)?schemas\/schemas_\d+\.js$/,
    lean: (text) =>
      text.replace(/^\w+_registry\.registerError\((\w+)\$, \1\);$/gm, (line, name) =>
        name.endsWith('ServiceException') || words.has(name) ? line : '',
      ),
  },
  {
    // Profiles, SSO, web identity, processes, metadata: 110 KB. Lambda gives a function its credentials by environment.
    name: 'credentials-by-environment',
    file: /\/@aws-sdk\/credential-provider-node\/dist-es\/index\.js$/,
    lean: () => "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'\n",
  },
  {
    // Profiles again, for every setting: a function's are in its environment, and files that are not there were looked for.
    name: 'settings-by-environment',
    file: /\/@smithy\/core\/dist-es\/submodules\/config\/node-config-provider\/fromSharedConfigFiles\.js$/,
    lean: () =>
      `import { ProviderError } from '../property-provider/ProviderError'
export const fromSharedConfigFiles = () => async () => { throw new ProviderError('functions have no profiles') }
`,
  },
  {
    // Hashes in JavaScript, for runtimes without node:crypto: 8 KB, and three hashes begun at every start to see that it is there.
    name: 'hashes-of-node',
    file: /\/(Md5|Sha1|Sha256)Node\.js$/,
    lean: (text) =>
      text
        .replace(/= hasNativeCrypto \? buildNativeClass\(\) : \w+;/, '= buildNativeClass();')
        .replace(/^const hasNativeCrypto = [\s\S]*?^\}\)\(\);$/m, ''),
  },
  {
    // Signatures for several regions at once (S3's multi-region access points): 3 KB.
    name: 'one-region',
    file: /\/@aws-sdk\/signature-v4-multi-region\/dist-es\/SignatureV4MultiRegion\.js$/,
    lean: () =>
      `import { SignatureV4SignWithCredentials } from './SignatureV4SignWithCredentials'
export class SignatureV4MultiRegion extends SignatureV4SignWithCredentials {
  static sigv4aDependency() { return 'none' }
}
`,
  },
  {
    // Sessions of S3 Express, for directory buckets, which we have none of: 5 KB.
    name: 'no-s3-express',
    file: /\/middleware-s3-express\/classes\/S3ExpressIdentityProviderImpl\.js$/,
    lean: () =>
      `export class S3ExpressIdentityProviderImpl {
  async getS3ExpressIdentity() { ${leftOut('S3 Express')} }
}
`,
  },
  {
    name: 'no-s3-express-session',
    file: /\/client-s3\/dist-es\/S3Client\.js$/,
    lean: (text) => text.replace('session: [() => this, CreateSessionCommand]', 'session: []'),
  },
  {
    // Retries that adapt their rate, which nobody asks for: 3.5 KB.
    name: 'no-adaptive-retries',
    file: /\/@smithy\/core\/dist-es\/submodules\/retry\/util-retry\/AdaptiveRetryStrategy\.js$/,
    lean: () => `export class AdaptiveRetryStrategy { constructor() { ${leftOut('adaptive retries')} } }\n`,
  },
  {
    // The region as instance metadata tell it: 1.3 KB. Lambda says it in the environment.
    name: 'no-instance-metadata',
    file: /\/@smithy\/core\/dist-es\/submodules\/config\/config-resolver\/regionConfig\/getInstanceMetadataRegion\.js$/,
    lean: () => 'export const getInstanceMetadataRegion = async () => undefined\n',
  },
  {
    // Streams of browsers, whose mere mention has Node load its own of that kind: 0.6 ms. Bodies come as Node's streams.
    name: 'no-web-streams',
    file: /\/serde\/util-stream\/checksum\/ChecksumStream\.browser\.js$/,
    lean: () => 'export class ChecksumStream {}\n',
  },
  {
    // The same: the global of that name is the very class, and is not loaded before somebody asks for it.
    name: 'web-streams-when-asked-for',
    file: /\/@middy\/core\/index\.js$/,
    lean: (text) => text.replace(/^import \{ ReadableStream \} from "node:stream\/web";$/m, ''),
  },
  {
    // Streams of events (S3 Select and the like): 15 KB. Clients ask for them when they are made; no request of ours has one.
    name: 'no-event-streams',
    file: /\/@smithy\/core\/dist-es\/submodules\/event-streams\/index\.js$/,
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
    lean: () => 'export const resolveEndpointDiscoveryConfig = (config) => config\n',
  },
  {
    // For the user agent: 2.5 KB a client, of which the version is said.
    name: 'only-the-version',
    file: /\/@aws-sdk\/[^/]+\/package\.json$/,
    lean: onlyVersion,
  },
  {
    // How a schema tells itself as JSON Schema: 18 KB. Those are written for editors, never in a function.
    name: 'no-json-schema',
    file: /\/zod\/v4\/classic\/schemas\.js$/,
    lean: (text) =>
      text
        .replace(/^ +inst\._zod\.processJSONSchema = .*;$/gm, '')
        .replace(
          /^import \{ createStandardJSONSchemaMethod, createToJSONSchemaMethod \} from .*;$/m,
          `const createStandardJSONSchemaMethod = ${notInAFunction('JSON Schema')}, createToJSONSchemaMethod = createStandardJSONSchemaMethod;`,
        ),
  },
  {
    // V8 reads an arrow function to its last detail with the function around it, and a bundle is one function; a function
    // expression it skips until somebody calls it: 8 % of a start. At the outermost level of an ES module the two mean the
    // same: there is no `this` and there are no `arguments` there that an arrow could see.
    name: 'functions-read-when-called',
    file: /\.js$/,
    lean: (text) =>
      /^(import|export) /m.test(text)
        ? text
            .replace(/^((?:export )?const \w+ = )(async )?(\([^()]*\)) => \{$/gm, '$1$2function $3 {')
            .replace(
              /^((?:export )?const \w+ = )(\([^()]*\)) => ((?:\([^()]*\) => )*(?:async )?\([^()]*\) => \{\n[\s\S]*?^\};)$/gm,
              '$1function $2 { return $3 };',
            )
            .replace(/(\$constructor\("\$?\w+", )(\([^()]*\)) => \{$/gm, '$1function $2 {')
        : text,
  },
]

/** Tells of each file that it made lean: a diet that nothing needs any more, or that fits no more, is then seen. */
export const lean = (applied: (diet: string, before: string, after: string) => void = () => {}): Plugin => ({
  name: 'lean',
  setup({ onLoad }) {
    onLoad({ filter: /\/node_modules\/.*\.js(on)?$/ }, async ({ path }) => {
      const wanted = diets.filter(({ file }) => file.test(path))
      if (wanted.length === 0) return
      let contents = await readFile(path, 'utf8')
      for (const { name, lean } of wanted) {
        const before = contents
        contents = lean(before)
        applied(name, before, contents)
      }
      return { contents, loader: path.endsWith('.json') ? 'json' : 'js', resolveDir: dirname(path) }
    })
  },
})
