#!/usr/bin/env node
// TypeScript is run as it is: tsx is registered here, so that the command works from any folder without a build.
import { register } from 'tsx/esm/api'

register()
const { main } = await import('../cli/main.ts')
process.exitCode = await main(process.argv)
