import type { Alert } from '../events/alerts.ts'
import { quoted } from './format.ts'

interface Place {
  topic: string
  partition_id: number
  record_offset: number
}

/** A command for the bus that is looked at. @param bus as `--bus` takes it; undefined where a command without it reaches the same */
export const onBus = (command: string, bus: string | undefined): string => (bus === undefined ? command : `${command} --bus ${quoted(bus)}`)

/** What a person would type to see that record. */
export function tailCommand({ topic, partition_id, record_offset }: Place): string {
  return `shitops tail ${quoted(topic)} --partition ${partition_id} --from ${record_offset} --max 1`
}

/** What a person would type to see an alert's own record; one that was told without it has no place that is known. */
export function recordCommand({
  fingerprint,
  place,
}: Pick<Alert, 'fingerprint'> & { place: { topic: string; partition: number; offset: number } }): string {
  if (place.offset < 0) return `shitops alert show ${fingerprint}`
  return tailCommand({ topic: place.topic, partition_id: place.partition, record_offset: place.offset })
}

export const ackCommand = ({ fingerprint }: Pick<Alert, 'fingerprint'>): string => `shitops alert ack ${fingerprint}`

export interface SilenceWish {
  matchers: string[]
  for: string
  comment: string
}

export function silenceCommand({ matchers, for: length, comment }: SilenceWish): string {
  const flags = matchers.map((matcher) => `--matcher ${quoted(matcher)}`).join(' ')
  return `shitops alert silence ${flags} --for ${quoted(length)} --comment ${quoted(comment)}`
}

/** A matcher of Alertmanager's for one label. */
export const equals = (name: string, value: string): string => `${name}=${JSON.stringify(value)}`
