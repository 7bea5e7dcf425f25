import { z } from 'zod'
import { choice, type Examples, eventTime, int64Text, labels, slug, text } from './fields.ts'

/** One normalised sample of one metric, whichever source it comes from: gNMI, LibreNMS, or the Kafka store of LibreNMS. */
export const schema = z.strictObject({
  event_time: eventTime('when the device took the sample'),
  target: text('the device by its configured name; the key of the record'),
  metric: slug('what is measured: `cpu_load`, `if_in_bps`, `packet_loss`, … (table below)'),
  instance: z.string().meta({ description: 'which one of several: interface, core, probe, sensor; empty when the device has one' }),
  value: z.number().meta({ description: 'the sample, in `unit`' }),
  unit: text('unit of the value: `ratio` (0 to 1), `bit/s`, `s`, `Cel`, `state`, …; each metric has one'),
  collector: choice(['gnmi', 'librenms', 'librenms_kafka', 'agent', 'other'], 'where it comes from'),
  role: text('what the device is: `switch`, `router`, `laptop`, `wearable`, …').optional(),
  person: text('for a laptop or wearable: whose, as an alias or a keyed hash').optional(),
  team: text('the team of that person').optional(),
  site: text('where the device is').optional(),
  interval_s: z.number().min(0).meta({ description: 'for rates: time between the two counters', unit: 's' }).optional(),
  timestamp_ns: int64Text('exact time of the sample since 1970, where the source gives more than ms', 'ns').optional(),
  labels: labels('anything else that tells the series apart').optional(),
})

export type DeviceMetric = z.infer<typeof schema>

export const examples: Examples<DeviceMetric> = {
  full: {
    event_time: '2026-03-31T14:02:11.250Z',
    target: 'access-1',
    metric: 'packet_loss',
    instance: 'ethernet-1/49',
    value: 0.034,
    unit: 'ratio',
    collector: 'gnmi',
    role: 'switch',
    person: 'payables-2',
    team: 'payables',
    site: 'hq',
    interval_s: 10,
    timestamp_ns: '1774965731250417113',
    labels: { direction: 'out' },
  },
  minimal: {
    event_time: '2026-03-31T14:02:11.250Z',
    target: 'laptop-ledger-1',
    metric: 'cpu_load',
    instance: '',
    value: 0.42,
    unit: 'ratio',
    collector: 'agent',
  },
}
