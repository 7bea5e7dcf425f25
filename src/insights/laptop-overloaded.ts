import type { Insight } from './insight.ts'

/** A laptop has been busy, over all its cores, for a minute: its user waits, and so does everybody in the call. Half a minute is an ordinary burst. */
export const laptopOverloaded: Insight = {
  rule: {
    name: 'laptop_overloaded',
    inputs: {
      cpu: {
        topic: 'device_metrics',
        where: { metric: ['cpu_load'], role: ['laptop'], instance: [''] },
        key: 'target',
        value: 'value',
        ttl: 60_000,
      },
    },
    when: [{ input: 'cpu', over: 'any', op: '>=', than: 0.9 }],
    every: 10_000,
  },
  observed: { input: 'cpu', unit: 'ratio', expectedLow: 0, expectedHigh: 0.9 },
  alert: {
    severity: 'warning',
    channel: 'operations',
    for: 60_000,
    keepFiringFor: 30_000,
    summary: '{key} has been {cpu%} busy for a minute',
    advice: 'see which process it is; put off the import or the update until after the call',
  },
}
