import type { StatusBoard, StreamStatus } from './status.ts'

interface Family {
  name: string
  type: 'gauge' | 'counter'
  help: string
  value(stream: StreamStatus): number
}

const FAMILIES: readonly Family[] = [
  { name: 'shitops_gnmi_connected', type: 'gauge', help: '1 while the stream stands', value: ({ connected }) => Number(connected) },
  { name: 'shitops_gnmi_synced', type: 'gauge', help: '1 once the initial state is complete', value: ({ synced }) => Number(synced) },
  {
    name: 'shitops_gnmi_last_message_seconds',
    type: 'gauge',
    help: 'when the last message came, s since the epoch; 0: never',
    value: ({ lastMessage }) => lastMessage / 1000,
  },
  { name: 'shitops_gnmi_lag_seconds', type: 'gauge', help: 'received minus sent of the last notification', value: ({ lag }) => lag / 1000 },
  { name: 'shitops_gnmi_epoch', type: 'gauge', help: 'sync epoch of the stream', value: ({ epoch }) => epoch },
  { name: 'shitops_gnmi_messages_total', type: 'counter', help: 'messages received', value: ({ messages }) => messages },
  {
    name: 'shitops_gnmi_notifications_total',
    type: 'counter',
    help: 'notifications received',
    value: ({ notifications }) => notifications,
  },
  { name: 'shitops_gnmi_updates_total', type: 'counter', help: 'updates received', value: ({ updates }) => updates },
  { name: 'shitops_gnmi_deletes_total', type: 'counter', help: 'deletes received', value: ({ deletes }) => deletes },
  {
    name: 'shitops_gnmi_duplicates_total',
    type: 'counter',
    help: 'samples that the target merged because we were slow',
    value: ({ duplicates }) => duplicates,
  },
  {
    name: 'shitops_gnmi_malformed_total',
    type: 'counter',
    help: 'messages that are no SubscribeResponse',
    value: ({ malformed }) => malformed,
  },
]

const ERRORS = 'shitops_gnmi_errors_total'

/** The streams as Prometheus reads them (text format 0.0.4): per target and subscription, errors by class. */
export function metricsText(board: StatusBoard): string {
  const streams = [...board.streams()]
  const families = FAMILIES.map(({ name, type, help, value }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...streams.map((stream) => `${name}{${labels(stream)}} ${value(stream)}`),
  ])
  const errors = streams.flatMap((stream) =>
    [...stream.errors].map(([kind, count]) => `${ERRORS}{${labels(stream)},class="${kind}"} ${count}`),
  )
  const head = [`# HELP ${ERRORS} failures of streams, by class`, `# TYPE ${ERRORS} counter`]
  return `${[...families.flat(), ...head, ...errors].join('\n')}\n`
}

const labels = ({ target, subscription }: StreamStatus) => `target="${escaped(target)}",subscription="${escaped(subscription)}"`
const escaped = (text: string) => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
