import type { z } from 'zod'
import type { EventOf, EventTypes, TopicName } from './event-types.ts'
import type { Examples } from './fields.ts'
import { TOPICS } from './topics.ts'

interface TopicModule<Event> {
  schema: z.ZodObject<z.ZodRawShape> & z.ZodType<Event>
  examples: Examples<Event>
}

/** Imported when asked for: zod costs a tenth of a second at start-up. */
const MODULES: { readonly [T in TopicName]: () => Promise<TopicModule<EventTypes[T]>> } = {
  device_presence: () => import('./device_presence.ts'),
  audio_metrics: () => import('./audio_metrics.ts'),
  ble_sightings: () => import('./ble_sightings.ts'),
  device_telemetry: () => import('./device_telemetry.ts'),
  device_metrics: () => import('./device_metrics.ts'),
  librenms_devices: () => import('./librenms_devices.ts'),
  librenms_ports: () => import('./librenms_ports.ts'),
  librenms_sensors: () => import('./librenms_sensors.ts'),
  librenms_inventory: () => import('./librenms_inventory.ts'),
  librenms_links: () => import('./librenms_links.ts'),
  librenms_alerts: () => import('./librenms_alerts.ts'),
  librenms_doorbell: () => import('./librenms_doorbell.ts'),
  librenms_events: () => import('./librenms_events.ts'),
  librenms_state: () => import('./librenms_state.ts'),
  librenms_commands: () => import('./librenms_commands.ts'),
  librenms_results: () => import('./librenms_results.ts'),
  workflow_events: () => import('./workflow_events.ts'),
  insights: () => import('./insights.ts'),
  alerts: () => import('./alerts.ts'),
  alert_log: () => import('./alert_log.ts'),
  alert_silences: () => import('./alert_silences.ts'),
  alert_acks: () => import('./alert_acks.ts'),
  alert_inhibitions: () => import('./alert_inhibitions.ts'),
  alert_notifications: () => import('./alert_notifications.ts'),
  audit_log: () => import('./audit_log.ts'),
}

/** The zod schema of a topic's value. Loads zod. */
export async function schemaOf<T extends TopicName>(topic: T): Promise<TopicModule<EventOf<T>>['schema']> {
  return (await MODULES[topic]()).schema
}

/** A full and a minimal event of a topic. Loads zod. */
export async function examplesOf<T extends TopicName>(topic: T): Promise<Examples<EventOf<T>>> {
  return (await MODULES[topic]()).examples
}

/** The JSON Schema (draft 2020-12) of a topic's value; `unit` is an annotation of ours. Loads zod. */
export async function jsonSchemaOf(topic: TopicName): Promise<Record<string, unknown>> {
  const { z } = await import('zod')
  const { $schema, ...rest } = z.toJSONSchema(await schemaOf(topic), {
    override: ({ jsonSchema }) => hoistAnnotations(jsonSchema),
  }) as Record<string, unknown>
  const { about, ceType } = TOPICS[topic]
  return { $schema, $id: `urn:shitops:${ceType}`, title: topic, description: about, ...rest }
}

/** zod leaves what is said of a nullable field on the half that is not null; readers look for it on the field. */
function hoistAnnotations(schema: z.core.JSONSchema.BaseSchema): void {
  const [some, none] = schema.anyOf ?? []
  if (typeof some !== 'object' || typeof none !== 'object' || none.type !== 'null') return
  const { description, unit, ...rest } = some
  Object.assign(schema, { anyOf: [rest, none] }, description !== undefined && { description }, unit !== undefined && { unit })
}
