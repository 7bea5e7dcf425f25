import type { Insight } from './insight.ts'

/** People are in a call over a switch that loses packets: 3 % and more is heard by everybody. */
export const callsOnLossyLink: Insight = {
  rule: {
    name: 'calls_on_lossy_link',
    inputs: {
      loss: {
        topic: 'device_metrics',
        where: { metric: ['packet_loss'], role: ['switch'] },
        key: 'target',
        member: 'instance',
        value: 'value',
        ttl: 30_000,
      },
      calls: { topic: 'audio_metrics', key: { lookup: 'switch_of', field: 'person' }, member: 'person', value: 'audio_state', ttl: 30_000 },
    },
    when: [
      { input: 'loss', over: 'any', op: '>=', than: 0.03 },
      { input: 'calls', over: 'any', op: '==', than: 'call' },
    ],
    every: 10_000,
  },
  observed: { input: 'loss', unit: 'ratio', expectedLow: 0, expectedHigh: 0.03 },
  alert: {
    severity: 'critical',
    channel: 'operations',
    for: 45_000,
    keepFiringFor: 30_000,
    summary: '{key} loses {loss%} of its packets with {calls} in a call over it',
    advice: 'move the calls to another access point or to the phone; look at the uplink of the switch',
  },
}
