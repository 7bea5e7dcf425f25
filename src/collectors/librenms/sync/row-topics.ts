import type { EventOf } from '../../../events/event-types.ts'

/** The topics of last states, each row of which belongs to a device, and the field that tells it from the device's others. */
export const ROW_TOPICS = {
  librenms_devices: 'device_id',
  librenms_ports: 'port_id',
  librenms_sensors: 'sensor_id',
  librenms_inventory: 'entity_index',
  librenms_links: 'link_id',
  librenms_alerts: 'alert_id',
} as const

export type RowTopic = keyof typeof ROW_TOPICS

/** A row before it is known whether it is news. */
export type RowOf<T extends RowTopic> = Omit<EventOf<T>, 'event_time'>

export const rowTopics = Object.keys(ROW_TOPICS) as RowTopic[]

export function idOf<T extends RowTopic>(topic: T, row: RowOf<T>): number {
  return (row as unknown as Record<string, number>)[ROW_TOPICS[topic]] ?? -1
}

/** The key of a row's record. */
export function rowKey(topic: RowTopic, instance: string | undefined, device: number, id: number): string {
  const own = topic === 'librenms_inventory' ? `${device}:${id}` : String(id)
  return instance === undefined ? own : `${instance}:${own}`
}
