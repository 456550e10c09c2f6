import { readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import * as z from 'zod'
import { environmentWithoutAws } from '#local/aws-environment'
import { projectFolder } from '#local/project-folder'
import { runCommand } from '#local/run-command'

export const stackName = 'Mayfly'

const Outputs = z.record(z.string(), z.record(z.string(), z.string()))

type Variables = Readonly<Record<string, string>>

/** The synthesised template and the bundles of `project`, in `folder`/cdk.out: what would go to AWS. Needs no endpoint. */
export const synthesise = async (folder: string, signal?: AbortSignal, project = projectFolder): Promise<string> => {
  const out = join(folder, 'cdk.out')
  const switches = ['--context', 'emulator=true', '--context', 'journal=true']
  await cdk(['synth', '--quiet', ...switches, '--output', out], {}, { cwd: project, signal })
  return out
}

/** The template that `cdk deploy` would send to AWS, in `folder`/cdk.out. Asks no account. */
export const synthesiseForAws = async (folder: string, environment?: string): Promise<string> => {
  const out = join(folder, 'cdk.out')
  const named = environment === undefined ? [] : ['--context', `env=${environment}`]
  await cdk(['synth', '--quiet', ...named, '--output', out], {}, { cwd: projectFolder })
  return out
}

/** Makes the bucket and the roles that a CDK deployment expects; the account must be known. About 3 s. */
export const bootstrap = (account: string, region: string, env: Variables, folder: string, signal?: AbortSignal) =>
  // In a folder without a cdk.json, or the CDK would synthesise the app once more.
  cdk(['bootstrap', `aws://${account}/${region}`], env, { cwd: folder, signal })

/**
 * Deploys what `synthesise` left.
 * @returns the outputs of the stack by name.
 */
export const deploy = async (
  assembly: string,
  env: Variables,
  folder: string,
  signal?: AbortSignal,
): Promise<Record<string, string>> => {
  const file = join(folder, 'outputs.json')
  const how = ['--method=direct', '--require-approval=never', '--progress=events', '--outputs-file', file]
  await cdk(['deploy', stackName, '--app', assembly, ...how], env, { cwd: folder, signal })
  return Outputs.parse(JSON.parse(await readFile(file, 'utf8')))[stackName] ?? {}
}

type Where = { readonly cwd: string; readonly signal?: AbortSignal | undefined }

const cdk = (args: readonly string[], env: Variables, { cwd, signal }: Where) => {
  const base = environmentWithoutAws()
  return runCommand({
    command: process.execPath,
    args: [join(projectFolder, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...args, '--no-notices', '--no-color'],
    cwd,
    ...(signal && { signal }),
    env: {
      ...base,
      ...env,
      // cdk.json names `tsx`, which npm would have found for us.
      PATH: [join(projectFolder, 'node_modules', '.bin'), base['PATH'] ?? ''].join(delimiter),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true', // progress on standard output, nothing interactive
    },
  })
}
