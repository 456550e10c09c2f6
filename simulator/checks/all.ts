import type { Check } from './check.ts'
import { gates } from './i1-gates.ts'
import { ceilings } from './i2-ceilings.ts'
import { capacity } from './i3-capacity.ts'
import { ends } from './i4-ends.ts'
import { oneMachine } from './i5-one-machine.ts'
import { leases } from './i6-leases.ts'
import { rank } from './i7-rank.ts'
import { laneOrder } from './i8-lane-order.ts'
import { nothingWaits } from './i9-nothing-waits.ts'
import { edits } from './i10-edits.ts'
import { badEdits } from './i11-bad-edits.ts'
import { duplicates } from './i12-duplicates.ts'
import { announced } from './i13-announced.ts'

/** Every rule that a world must keep, in the order of their numbers. */
export const checks: readonly Check[] = [
  ...[gates, ceilings, capacity, ends, oneMachine, leases],
  ...[rank, laneOrder, nothingWaits, edits, badEdits, duplicates, announced],
]
