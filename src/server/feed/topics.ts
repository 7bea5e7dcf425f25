import type { ChannelName, TopicClass } from '../../live/protocol.ts'

/** How a topic is read and told. */
export interface FedTopic {
  readonly topic: string
  readonly class: TopicClass
  /** Where to begin at the start of the server: `whole` for present states, or so many records before the end of each partition. */
  readonly from: 'whole' | number
  /** Newest changes that a snapshot shows, for events. */
  readonly shown?: number
  /** Of several records with one slot the last is the present state. */
  readonly keyed: boolean
  readonly channels: readonly ChannelName[]
}

const both: readonly ChannelName[] = ['finance', 'operations']
const operations: readonly ChannelName[] = ['operations']

/** What the server reads. Topics of no channel only go into what is counted ({@link file://./teams.ts}). */
export const FED_TOPICS: readonly FedTopic[] = [
  { topic: 'alerts', class: 'alert', from: 'whole', keyed: true, channels: both },
  { topic: 'alert_log', class: 'alert', from: 500, shown: 200, keyed: false, channels: both },
  { topic: 'alert_silences', class: 'alert', from: 'whole', keyed: true, channels: both },
  { topic: 'alert_acks', class: 'alert', from: 'whole', keyed: true, channels: both },
  { topic: 'alert_inhibitions', class: 'alert', from: 'whole', keyed: true, channels: both },
  { topic: 'insights', class: 'event', from: 500, shown: 200, keyed: false, channels: both },
  { topic: 'workflow_events', class: 'event', from: 1_000, shown: 500, keyed: false, channels: ['finance'] },
  { topic: 'device_metrics', class: 'gauge', from: 5_000, keyed: true, channels: operations },
  { topic: 'librenms_devices', class: 'gauge', from: 'whole', keyed: true, channels: operations },
  { topic: 'librenms_ports', class: 'gauge', from: 'whole', keyed: true, channels: operations },
  { topic: 'librenms_links', class: 'gauge', from: 'whole', keyed: true, channels: operations },
  { topic: 'librenms_alerts', class: 'alert', from: 'whole', keyed: true, channels: operations },
  { topic: 'librenms_events', class: 'event', from: 500, shown: 200, keyed: false, channels: operations },
  { topic: 'device_presence', class: 'gauge', from: 2_000, keyed: true, channels: [] },
  { topic: 'audio_metrics', class: 'gauge', from: 2_000, keyed: true, channels: [] },
]

/** What the server makes itself: no record stands behind it, so it has no place in the stream. */
export const MADE_TOPICS: ReadonlyArray<{ readonly topic: string; readonly channels: readonly ChannelName[] }> = [
  { topic: 'teams', channels: ['finance'] },
  { topic: 'withheld', channels: ['finance'] },
  { topic: 'topics', channels: operations },
  { topic: 'groups', channels: operations },
]

/** The topics of a channel that have a place in the stream, in the order of a position's text. */
export function placedTopics(channel: ChannelName): string[] {
  return FED_TOPICS.filter(({ channels }) => channels.includes(channel)).map(({ topic }) => topic)
}

/** Every topic of a channel and how it behaves. */
export function topicsOf(channel: ChannelName): Array<{ topic: string; class: TopicClass }> {
  const fed = FED_TOPICS.filter(({ channels }) => channels.includes(channel)).map(({ topic, class: kind }) => ({ topic, class: kind }))
  const made = MADE_TOPICS.filter(({ channels }) => channels.includes(channel)).map(({ topic }) => ({ topic, class: 'gauge' as const }))
  return [...fed, ...made]
}
