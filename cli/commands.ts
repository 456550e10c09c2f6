import type { Command } from 'commander'
import { register as advise } from '#cli/commands/advise'
import { register as config } from '#cli/commands/config'
import { register as cost } from '#cli/commands/cost'
import { register as demo } from '#cli/commands/demo'
import { register as down } from '#cli/commands/down'
import { register as explain } from '#cli/commands/explain'
import { register as exportAll } from '#cli/commands/export'
import { register as idleCost } from '#cli/commands/idle-cost'
import { register as jobs } from '#cli/commands/jobs'
import { register as logs } from '#cli/commands/logs'
import { register as open } from '#cli/commands/open'
import { register as policy } from '#cli/commands/policy'
import { register as prices } from '#cli/commands/prices'
import { register as processors } from '#cli/commands/processors'
import { register as redrive } from '#cli/commands/redrive'
import { register as replay } from '#cli/commands/replay'
import { register as report } from '#cli/commands/report'
import { register as requests } from '#cli/commands/requests'
import { register as runLocal } from '#cli/commands/run-local'
import { register as status } from '#cli/commands/status'
import { register as submit } from '#cli/commands/submit'
import { register as up } from '#cli/commands/up'
import { register as validate } from '#cli/commands/validate'

/** In the order in which --help lists them. */
export const commands: readonly ((program: Command) => void)[] = [
  demo,
  up,
  down,
  status,
  jobs,
  explain,
  logs,
  open,
  submit,
  requests,
  validate,
  runLocal,
  policy,
  config,
  processors,
  redrive,
  replay,
  report,
  exportAll,
  cost,
  advise,
  idleCost,
  prices,
]
