import type { Insight } from './insight.ts'

/** A team has more close tasks open than it gets done: on a normal day there are fewer than ten. */
export const closeBacklog: Insight = {
  rule: {
    name: 'close_backlog',
    inputs: {
      open: {
        topic: 'workflow_events',
        where: { process: ['close_task'] },
        key: 'team',
        member: 'case_id',
        until: { activity: ['sign off'], lifecycle: ['completed'] },
        ttl: 86_400_000,
      },
    },
    when: [{ input: 'open', over: 'count', op: '>=', than: 15 }],
    every: 30_000,
  },
  observed: { input: 'open', unit: 'cases', expectedLow: 0, expectedHigh: 15 },
  alert: {
    severity: 'warning',
    channel: 'finance',
    for: 60_000,
    keepFiringFor: 60_000,
    summary: 'the {key} team has {open} close tasks open',
    advice: 'find who signs off, and hand over what can wait until after the close',
  },
}
