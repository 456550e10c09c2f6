import { fileURLToPath } from 'node:url'

/** The checkout, wherever the command was called from. */
export const projectFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
