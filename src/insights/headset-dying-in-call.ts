import type { Insight } from './insight.ts'

/** Somebody is in a call with a headset at 10 % (public frames tell tens): it has some ten minutes left. */
export const headsetDyingInCall: Insight = {
  rule: {
    name: 'headset_dying_in_call',
    inputs: {
      battery: {
        topic: 'device_presence',
        key: 'person',
        member: 'device',
        value: 'battery_pct',
        until: { kind: ['left'] },
        // Two heartbeats and a half: a headset that does not change is told about once a minute.
        ttl: 150_000,
      },
      call: { topic: 'audio_metrics', key: 'person', member: 'device', value: 'audio_state', ttl: 30_000 },
    },
    when: [
      { input: 'battery', over: 'any', op: '<=', than: 10 },
      { input: 'call', over: 'any', op: '==', than: 'call' },
    ],
    every: 10_000,
  },
  observed: { input: 'battery', unit: '%', expectedLow: 20, expectedHigh: 100 },
  alert: {
    severity: 'warning',
    channel: 'finance',
    for: 30_000,
    keepFiringFor: 30_000,
    summary: '{key} is in a call and the headset is at {battery} %',
    advice: 'change to another headset or the laptop before it falls silent',
  },
}
