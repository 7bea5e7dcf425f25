import type { EventOf, EventTypes, TopicName } from './event-types.ts'

/** What a topic is, apart from its fields. Plain data: importing this loads no schema library. */
export interface TopicInfo<Event = Record<string, unknown>> {
  /** One sentence, for help and docs. */
  about: string
  /** Fields that make the record's key, joined by `:`; one that is absent is left out. */
  key: ReadonlyArray<keyof Event & string>
  /** CloudEvents type. The number rises when a field changes its meaning or goes; a new optional field does not count. */
  ceType: `com.shitops.${string}.v${number}`
  /** Kafka keeps the last record of each key, and a tombstone deletes the key. */
  compacted: boolean
  /** Settings by their Kafka names. */
  config: Readonly<Record<string, string>>
}

const days = (n: number) => ({ 'cleanup.policy': 'delete', 'retention.ms': String(n * 86_400_000) })
const COMPACT = { 'cleanup.policy': 'compact' }

/**
 * Every topic of the design. Retention follows what a record is about: what people do is kept for a week, raw telemetry likewise, histories
 * that explain or audit for longer; a setting of the topic overrides it.
 */
export const TOPICS: { readonly [T in TopicName]: TopicInfo<EventTypes[T]> } = {
  device_presence: {
    about: 'a headset arrived, changed or left; plus a heartbeat',
    key: ['device'],
    ceType: 'com.shitops.device_presence.v1',
    compacted: false,
    config: days(7),
  },
  audio_metrics: {
    about: 'audio state and audio intensity of a headset over the last interval',
    key: ['device'],
    ceType: 'com.shitops.audio_metrics.v1',
    compacted: false,
    config: days(7),
  },
  ble_sightings: {
    about: 'one frame of an enrolled headset, by pseudonym, as one receiver heard it',
    key: ['device'],
    ceType: 'com.shitops.ble_sightings.v1',
    compacted: false,
    // Material for the tracker, not a history of people.
    config: { 'cleanup.policy': 'delete', 'retention.ms': '3600000' },
  },
  device_telemetry: {
    about: 'one gNMI notification, lossless, or a fact about its stream',
    key: ['target'],
    ceType: 'com.shitops.device_telemetry.v1',
    compacted: false,
    config: days(7),
  },
  device_metrics: {
    about: 'one normalised sample of a device: metric, instance, value, unit',
    key: ['target'],
    ceType: 'com.shitops.device_metrics.v1',
    compacted: false,
    config: days(30),
  },
  librenms_devices: {
    about: 'the last known state of a device in LibreNMS',
    key: ['instance', 'device_id'],
    ceType: 'com.shitops.librenms_devices.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_ports: {
    about: 'the last known state of a port in LibreNMS',
    key: ['instance', 'port_id'],
    ceType: 'com.shitops.librenms_ports.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_sensors: {
    about: 'the last known state of a health sensor in LibreNMS',
    key: ['instance', 'sensor_id'],
    ceType: 'com.shitops.librenms_sensors.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_inventory: {
    about: 'a physical entity of a device in LibreNMS: chassis, module, fan, transceiver',
    key: ['instance', 'device_id', 'entity_index'],
    ceType: 'com.shitops.librenms_inventory.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_links: {
    about: 'a link between two devices, as LibreNMS knows it',
    key: ['instance', 'link_id'],
    ceType: 'com.shitops.librenms_links.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_alerts: {
    about: 'the present state of an alert in LibreNMS',
    key: ['instance', 'alert_id'],
    ceType: 'com.shitops.librenms_alerts.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_doorbell: {
    about: 'somebody says that something changed in LibreNMS: a reason to look now',
    key: ['instance', 'device_id'],
    ceType: 'com.shitops.librenms_doorbell.v1',
    compacted: false,
    // A ring that nobody answered has long been overtaken by the sync's own schedule; keys of batches are remembered from here.
    config: days(2),
  },
  librenms_events: {
    about: "one row of LibreNMS's logs",
    key: ['instance', 'device_id'],
    ceType: 'com.shitops.librenms_events.v1',
    compacted: false,
    config: days(30),
  },
  librenms_state: {
    about: 'how far the sync with LibreNMS has come; its own',
    key: ['instance', 'scope'],
    ceType: 'com.shitops.librenms_state.v1',
    compacted: true,
    config: COMPACT,
  },
  librenms_commands: {
    about: 'a write-back to LibreNMS asked for',
    key: ['instance', 'device_id'],
    ceType: 'com.shitops.librenms_commands.v1',
    compacted: false,
    config: days(90),
  },
  librenms_results: {
    about: 'what became of a write-back to LibreNMS',
    key: ['instance', 'device_id'],
    ceType: 'com.shitops.librenms_results.v1',
    compacted: false,
    config: days(90),
  },
  workflow_events: {
    about: 'an activity of a finance case started, completed, was assigned, is due',
    key: ['case_id'],
    ceType: 'com.shitops.workflow_events.v1',
    compacted: false,
    config: days(400),
  },
  insights: {
    about: "a row that an insight's SQL produced",
    key: ['insight', 'subject'],
    ceType: 'com.shitops.insights.v1',
    compacted: false,
    config: days(90),
  },
  alerts: {
    about: 'the present state of one incident',
    key: ['fingerprint'],
    ceType: 'com.shitops.alerts.v1',
    compacted: true,
    config: COMPACT,
  },
  alert_log: {
    about: 'the history of incidents: every change, act and notification',
    key: ['fingerprint'],
    ceType: 'com.shitops.alert_log.v1',
    compacted: false,
    config: days(400),
  },
  alert_silences: {
    about: 'a silence: alerts that are not told for a while',
    key: ['silence_id'],
    ceType: 'com.shitops.alert_silences.v1',
    compacted: true,
    config: COMPACT,
  },
  alert_acks: {
    about: 'somebody is on an incident',
    key: ['fingerprint'],
    ceType: 'com.shitops.alert_acks.v1',
    compacted: true,
    config: COMPACT,
  },
  alert_inhibitions: {
    about: 'an alert is not told because others explain it; of the notifier',
    key: ['fingerprint'],
    ceType: 'com.shitops.alert_inhibitions.v1',
    compacted: true,
    config: COMPACT,
  },
  alert_notifications: {
    about: 'what receivers were told and are being told; of the notifier',
    key: ['receiver', 'group_id'],
    ceType: 'com.shitops.alert_notifications.v1',
    compacted: true,
    config: COMPACT,
  },
  audit_log: {
    about: 'what was changed, or was to be, through the server, and by whom',
    key: ['actor'],
    ceType: 'com.shitops.audit_log.v1',
    compacted: false,
    config: days(400),
  },
}

export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[]

export function isTopicName(name: string): name is TopicName {
  return Object.hasOwn(TOPICS, name)
}

/** The same for every topic, so that records with the same key lie in partitions of the same number and can be joined where they lie. */
export const DEFAULT_PARTITIONS = 3

/** Dead letters wait two weeks for somebody to look. */
const DLQ_CONFIG = days(14)
export const DLQ_SUFFIX = '.dlq'
/** Rows of a query that came behind its watermark, beside the topic of its result; they wait as long. */
export const LATE_SUFFIX = '.late'

/**
 * How to create a topic of the design, a dead-letter topic (`<topic>.dlq`) or one of late rows (`<topic>.late`); undefined for any other name.
 * Has the shape of the bus's TopicSpec.
 */
export function topicSpec(name: string): { name: string; partitions: number; config: Readonly<Record<string, string>> } | undefined {
  if (isTopicName(name)) return { name, partitions: DEFAULT_PARTITIONS, config: TOPICS[name].config }
  if (name.endsWith(DLQ_SUFFIX) || name.endsWith(LATE_SUFFIX)) return { name, partitions: 1, config: DLQ_CONFIG }
  return undefined
}

/** The record's key of an event: its key fields joined by `:`. Ids before the last part have no `:`, so two subjects never share a key. */
export function keyOf<T extends TopicName>(topic: T, event: EventOf<T>): string {
  const parts: string[] = []
  for (const field of TOPICS[topic].key) {
    const part = event[field]
    if (part !== undefined) parts.push(String(part))
  }
  return parts.join(':')
}
