#!/usr/bin/env node
// TypeScript is run as it is: tsx is registered here, so that the command works from any folder without a build.
import { register } from 'tsx/esm/api'

// The SDK would say on every start that a later version will not run on Node 20: our versions are pinned.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'

register()
const { main } = await import('../cli/main.ts')
process.exitCode = await main(process.argv)
