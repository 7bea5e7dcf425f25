/** The TypeScript type of each topic's value, by topic. Types only: importing this loads nothing. */
import type { AlertAck } from './alert_acks.ts'
import type { AlertInhibition } from './alert_inhibitions.ts'
import type { AlertLogEntry } from './alert_log.ts'
import type { AlertNotification } from './alert_notifications.ts'
import type { AlertSilence } from './alert_silences.ts'
import type { Alert } from './alerts.ts'
import type { AudioMetrics } from './audio_metrics.ts'
import type { AuditEntry } from './audit_log.ts'
import type { BleSighting } from './ble_sightings.ts'
import type { DeviceMetric } from './device_metrics.ts'
import type { DevicePresence } from './device_presence.ts'
import type { DeviceTelemetry } from './device_telemetry.ts'
import type { Insight } from './insights.ts'
import type { LibrenmsAlert } from './librenms_alerts.ts'
import type { LibrenmsCommand } from './librenms_commands.ts'
import type { LibrenmsDevice } from './librenms_devices.ts'
import type { LibrenmsDoorbell } from './librenms_doorbell.ts'
import type { LibrenmsEvent } from './librenms_events.ts'
import type { LibrenmsEntity } from './librenms_inventory.ts'
import type { LibrenmsLink } from './librenms_links.ts'
import type { LibrenmsPort } from './librenms_ports.ts'
import type { LibrenmsResult } from './librenms_results.ts'
import type { LibrenmsSensor } from './librenms_sensors.ts'
import type { LibrenmsState } from './librenms_state.ts'
import type { WorkflowEvent } from './workflow_events.ts'

export interface EventTypes {
  device_presence: DevicePresence
  audio_metrics: AudioMetrics
  ble_sightings: BleSighting
  device_telemetry: DeviceTelemetry
  device_metrics: DeviceMetric
  librenms_devices: LibrenmsDevice
  librenms_ports: LibrenmsPort
  librenms_sensors: LibrenmsSensor
  librenms_inventory: LibrenmsEntity
  librenms_links: LibrenmsLink
  librenms_alerts: LibrenmsAlert
  librenms_doorbell: LibrenmsDoorbell
  librenms_events: LibrenmsEvent
  librenms_state: LibrenmsState
  librenms_commands: LibrenmsCommand
  librenms_results: LibrenmsResult
  workflow_events: WorkflowEvent
  insights: Insight
  alerts: Alert
  alert_log: AlertLogEntry
  alert_silences: AlertSilence
  alert_acks: AlertAck
  alert_inhibitions: AlertInhibition
  alert_notifications: AlertNotification
  audit_log: AuditEntry
}

export type TopicName = keyof EventTypes

/** The value of a record of topic T, as an object. */
export type EventOf<T extends TopicName> = EventTypes[T]

export type {
  Alert,
  AlertAck,
  AlertInhibition,
  AlertLogEntry,
  AlertNotification,
  AlertSilence,
  AudioMetrics,
  AuditEntry,
  BleSighting,
  DeviceMetric,
  DevicePresence,
  DeviceTelemetry,
  Insight,
  LibrenmsAlert,
  LibrenmsCommand,
  LibrenmsDevice,
  LibrenmsDoorbell,
  LibrenmsEntity,
  LibrenmsEvent,
  LibrenmsLink,
  LibrenmsPort,
  LibrenmsResult,
  LibrenmsSensor,
  LibrenmsState,
  WorkflowEvent,
}
