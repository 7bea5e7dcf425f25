import type { SpoolStats } from './limits.ts'

const FAMILIES: ReadonlyArray<readonly [name: string, type: 'gauge' | 'counter', help: string, value: (stats: SpoolStats) => number]> = [
  [
    'shitops_spool_target_up',
    'gauge',
    '0 while the brokers cannot be reached',
    ({ state }) => Number(state !== 'away' && state !== 'starting'),
  ],
  ['shitops_spool_waiting', 'gauge', 'entries that wait for the brokers', ({ waiting }) => waiting],
  ['shitops_spool_bytes', 'gauge', 'stored bytes of the spool', ({ bytes }) => bytes],
  ['shitops_spool_forwarded_total', 'counter', 'records that reached the brokers through the spool', ({ forwarded }) => forwarded],
  ['shitops_spool_dropped_total', 'counter', 'oldest entries that went for age or size', ({ dropped }) => dropped],
  ['shitops_spool_refused_total', 'counter', 'records that the brokers would not take', ({ refused }) => refused],
]

/** A spool in Prometheus's text format. */
export function spoolMetricsText(stats: SpoolStats): string {
  return FAMILIES.map(([name, type, help, value]) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value(stats)}\n`).join('')
}
