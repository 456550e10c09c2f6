import type { Command } from 'commander'
import { register as demo } from '#cli/commands/demo'
import { register as explain } from '#cli/commands/explain'
import { register as jobs } from '#cli/commands/jobs'
import { register as processors } from '#cli/commands/processors'
import { register as status } from '#cli/commands/status'
import { register as up } from '#cli/commands/up'
import { register as validate } from '#cli/commands/validate'

/** In the order in which --help lists them. */
export const commands: readonly ((program: Command) => void)[] = [demo, up, status, jobs, explain, validate, processors]
