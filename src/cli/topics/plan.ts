import type { ObservedCluster } from '../../bus/admin.ts'
import { adminOf, type BusAdmin } from '../../bus/admin.ts'
import type { Bus } from '../../bus/bus.ts'
import { topicsThere } from '../../bus/ops/topics-there.ts'
import { plan } from '../../bus/topics/plan.ts'
import { type Plan, risksOf } from '../../bus/topics/steps.ts'
import { type DesiredSource, loadDesired } from './desired.ts'
import { bytesToCopy } from './plan-view.ts'

export interface PlanFlags {
  file?: string | undefined
  rebalance?: boolean | undefined
}

export interface Planned {
  admin: BusAdmin
  observed: ObservedCluster
  source: DesiredSource
  plan: Plan
}

/**
 * What the bus is, what it ought to be, and what lies between.
 * @throws SHITOPS_E_BUS_AUTH where a topic of the file may not be seen: it would be taken for one that is to be created
 */
export async function makePlan(bus: Bus, topics: readonly string[] | undefined, { file, rebalance = false }: PlanFlags): Promise<Planned> {
  const admin = adminOf(bus)
  const observed = await admin.observe()
  const source = await loadDesired({ file, topics }, observed)
  await topicsThere(
    bus,
    source.desired.topics.map(({ name }) => name),
  )
  const made = plan(source.desired, observed, { rebalance })
  // Of a part of the file nothing can be said about topics that it does not name.
  return { admin, observed, source, plan: topics?.length ? { ...made, unmanaged: [] } : made }
}

/** A plan as `--json` prints it. */
export function planDocument({ observed, source, plan: made }: Planned) {
  return {
    cluster: observed.id,
    file: source.file,
    settled: made.steps.length === 0 && made.obstacles.length === 0,
    ...made,
    bytes_to_copy: bytesToCopy(made),
    to_confirm: [...new Set(risksOf(made).map(({ topic }) => topic))],
  }
}
