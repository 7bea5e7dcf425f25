import type { TargetPlan } from './plan.ts'

/** The targets of one source, and what to call it. */
export interface SourcePlans {
  source: string
  plans: readonly TargetPlan[]
}

/** One set out of those of several sources, and what was left out of it, in words. */
export interface MergedPlans {
  plans: TargetPlan[]
  warnings: string[]
}

/**
 * The targets of all sources in one set. Earlier sources go first: a later one neither takes over a name, nor is a device collected from
 * twice because two sources know its address under two names. Within one source an address may stand several times.
 */
export function mergePlans(sources: readonly SourcePlans[]): MergedPlans {
  const byName = new Map<string, { source: string; plan: TargetPlan }>()
  const byAddress = new Map<string, { source: string; plan: TargetPlan }>()
  const warnings: string[] = []
  for (const { source, plans } of sources) {
    for (const plan of plans) {
      const named = byName.get(plan.name)
      const there = plan.addresses.map((address) => byAddress.get(placeOf(plan, address))).find((other) => other && other.source !== source)
      if (named) warnings.push(`${plan.name} is a target of ${named.source}; the one of that name from ${source} is left out`)
      else if (there) {
        warnings.push(`${plan.name} from ${source} has an address of ${there.plan.name} from ${there.source}, and is left out`)
      } else byName.set(plan.name, { source, plan })
    }
    // Only now: what a source says of itself it may say twice.
    for (const { source: of, plan } of byName.values()) {
      if (of !== source) continue
      for (const address of plan.addresses) byAddress.set(placeOf(plan, address), { source, plan })
    }
  }
  return { plans: [...byName.values()].map(({ plan }) => plan), warnings }
}

/** Behind one address a gateway may speak for several devices. */
const placeOf = ({ prefixTarget = '' }: TargetPlan, address: string) => JSON.stringify([address, prefixTarget])
