import { z } from 'zod'
import { count, type Examples, eventTime, flag, instant, integer, quantity, seconds, text } from './fields.ts'
import { instanceField, otherColumns } from './librenms-fields.ts'

/** The last known state of a device in LibreNMS; a tombstone when it is gone for certain. Credentials in the API's row never come here. */
export const schema = z.strictObject({
  event_time: eventTime('when the API showed this state; it stands until the next record'),
  device_id: integer("LibreNMS's id; with `instance` the key of the record"),
  instance: instanceField(),
  hostname: text('host name or address that LibreNMS polls'),
  up: flag('it answers'),
  sys_name: z.string().meta({ description: 'name the device gives itself' }).nullable().optional(),
  display: z.string().meta({ description: 'name shown to people' }).nullable().optional(),
  ip: z.string().meta({ description: 'address' }).nullable().optional(),
  os: z.string().meta({ description: 'operating system, as LibreNMS calls it: `ios`, `junos`, `ping`' }).nullable().optional(),
  os_version: z.string().meta({ description: 'version of the operating system' }).nullable().optional(),
  hardware: z.string().meta({ description: 'hardware model' }).nullable().optional(),
  serial: z.string().meta({ description: 'serial number' }).nullable().optional(),
  features: z.string().meta({ description: 'features of the software' }).nullable().optional(),
  device_type: z.string().meta({ description: '`network`, `server`, `power`, …' }).nullable().optional(),
  purpose: z.string().meta({ description: 'purpose, as a person wrote it' }).nullable().optional(),
  notes: z.string().meta({ description: 'notes, as a person wrote them' }).nullable().optional(),
  site: z.string().meta({ description: 'location' }).nullable().optional(),
  latitude: quantity('latitude of the location', 'degrees').nullable().optional(),
  longitude: quantity('longitude of the location', 'degrees').nullable().optional(),
  status_reason: z.string().meta({ description: 'why it is down: `icmp`, `snmp`' }).nullable().optional(),
  uptime_s: seconds('time since it booted, at `last_polled`; that it grows makes no new record, that it starts anew does')
    .nullable()
    .optional(),
  last_polled: instant('last complete poll before this record; later ones are the times of the samples in device_metrics')
    .nullable()
    .optional(),
  last_ping: instant('last ping before this record').nullable().optional(),
  last_discovered: instant('last discovery before this record').nullable().optional(),
  added_at: instant('when it was added').nullable().optional(),
  disabled: flag('polling is off').optional(),
  ignored: flag('alerts are off').optional(),
  notify_disabled: flag('notifications are off').optional(),
  poller_group: count('poller group').optional(),
  parents: z.array(z.int()).meta({ description: 'device ids it depends on: when one is down, this one is only unreachable' }).optional(),
  extra: otherColumns(),
})

export type LibrenmsDevice = z.infer<typeof schema>

export const examples: Examples<LibrenmsDevice> = {
  full: {
    event_time: '2026-03-31T14:05:02.000Z',
    device_id: 17,
    instance: 'hq',
    hostname: 'access-1.example',
    up: true,
    sys_name: 'access-1',
    display: 'access-1',
    ip: '10.0.4.11',
    os: 'ios',
    os_version: '15.2(7)E3',
    hardware: 'WS-C2960X-48FPD-L',
    serial: 'FOC0000X0XX',
    features: 'UNIVERSALK9',
    device_type: 'network',
    purpose: 'finance floor',
    notes: null,
    site: 'hq, floor 2',
    latitude: 52.52,
    longitude: 13.405,
    status_reason: '',
    uptime_s: 8_640_000,
    last_polled: '2026-03-31T14:05:01.000Z',
    last_ping: '2026-03-31T14:05:00.000Z',
    last_discovered: '2026-03-31T12:00:00.000Z',
    added_at: '2024-01-09T08:00:00.000Z',
    disabled: false,
    ignored: false,
    notify_disabled: false,
    poller_group: 0,
    parents: [3],
    extra: { port_association_mode: 1 },
  },
  minimal: { event_time: '2026-03-31T14:05:02.000Z', device_id: 17, hostname: 'access-1.example', up: true },
}
