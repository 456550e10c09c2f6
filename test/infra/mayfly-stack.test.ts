/** One synthesis for all checks of the template: bundling six functions takes longer than everything else together. */
import './access.checks.ts'
import './data.checks.ts'
import './delivery.checks.ts'
import './idle-cost.checks.ts'
import './observability.checks.ts'
import './payer-file-machine.checks.ts'
import './rights.checks.ts'
import './steps.checks.ts'
