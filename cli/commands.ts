import type { Command } from 'commander'
import { register as processors } from '#cli/commands/processors'
import { register as up } from '#cli/commands/up'
import { register as validate } from '#cli/commands/validate'

/** In the order in which --help lists them. */
export const commands: readonly ((program: Command) => void)[] = [up, validate, processors]
