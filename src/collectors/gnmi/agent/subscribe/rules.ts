import type { SubscriptionPlan } from '../request/read-list.ts'
import type { Sampler } from '../sampler.ts'
import { Rule } from './rule.ts'

/** ms: how often the agent looks for changes, and the sample interval where it may choose. */
export interface Rhythm {
  changes: number
  targetDefined: number
}

export const RHYTHM: Rhythm = { changes: 2_000, targetDefined: 10_000 }

/** @param period ms of a tick */
export function rulesOf(plan: SubscriptionPlan, sampler: Sampler, period: number, rhythm: Rhythm): Rule[] {
  const { pattern, mode, sampleInterval, heartbeatInterval, suppressRedundant } = plan
  const sources = sampler.behind(pattern)
  const ticks = (ms: number) => Math.max(1, ms / period)
  const changesEvery = ticks(rhythm.changes)
  if (mode === 'TARGET_DEFINED') {
    return [
      new Rule({ pattern, sources, kind: 'state', changesEvery }),
      new Rule({ pattern, sources, kind: 'measure', sampleEvery: ticks(rhythm.targetDefined) }),
    ]
  }
  if (mode === 'ON_CHANGE') {
    return [new Rule({ pattern, sources, changesEvery, ...(heartbeatInterval > 0 && { heartbeatEvery: ticks(heartbeatInterval) }) })]
  }
  const heartbeat = suppressRedundant && heartbeatInterval > 0
  return [
    new Rule({
      ...{ pattern, sources, suppressRedundant, sampleEvery: ticks(sampleInterval) },
      ...(heartbeat && { heartbeatEvery: ticks(heartbeatInterval) }),
    }),
  ]
}
