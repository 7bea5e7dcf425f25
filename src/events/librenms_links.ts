import { z } from 'zod'
import { type Examples, eventTime, flag, integer } from './fields.ts'
import { instanceField, otherColumns } from './librenms-fields.ts'

const said = (description: string) => z.string().meta({ description }).nullable().optional()

/** A link between two devices, as LLDP or CDP shows it: the topology, by which one failure explains others; a tombstone when it is gone. */
export const schema = z.strictObject({
  event_time: eventTime('when the API showed this state'),
  device_id: integer('the device that sees the other'),
  instance: instanceField(),
  link_id: integer("LibreNMS's id; with `instance` the key of the record"),
  port_id: integer('its port').nullable().optional(),
  remote_device_id: integer('the device at the other end; null where LibreNMS does not have it').nullable().optional(),
  remote_port_id: integer('the port at the other end').nullable().optional(),
  remote_hostname: said('what the other end calls itself'),
  remote_port: said('what the other end calls its port'),
  remote_platform: said('what the other end says it is'),
  protocol: said('`lldp`, `cdp`, …'),
  active: flag('seen by the last discovery').optional(),
  extra: otherColumns(),
})

export type LibrenmsLink = z.infer<typeof schema>

export const examples: Examples<LibrenmsLink> = {
  full: {
    event_time: '2026-03-31T14:05:02.000Z',
    device_id: 17,
    instance: 'hq',
    link_id: 31,
    port_id: 4711,
    remote_device_id: 3,
    remote_port_id: 120,
    remote_hostname: 'core-1.example',
    remote_port: 'Te1/1/4',
    remote_platform: 'cisco C9300-48P',
    protocol: 'lldp',
    active: true,
    extra: { remote_version: '17.9' },
  },
  minimal: { event_time: '2026-03-31T14:05:02.000Z', device_id: 17, link_id: 31 },
}
