import type { Command } from 'commander'
import { register as up } from '#cli/commands/up'

/** In the order in which --help lists them. */
export const commands: readonly ((program: Command) => void)[] = [up]
