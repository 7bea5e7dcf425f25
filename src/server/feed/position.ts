/**
 * A place in the stream: per topic and partition the next offset to read. As text it is the `id` of a frame and the `since` of a subscription;
 * it says nothing about the server that gave it, so it is good after a restart, and at another server over the same bus.
 *
 * `al.3f.0.12-in.7` is: alerts, partitions 0 to 2, next offsets 123, 0, 38; insights, partition 0, next offset 7 (base 36).
 */
export type Position = ReadonlyMap<string, readonly number[]>

/** Codes of topics in the text. They never change their meaning. */
export const TOPIC_CODES: Readonly<Record<string, string>> = {
  alerts: 'al',
  alert_log: 'ag',
  alert_silences: 'as',
  alert_acks: 'ak',
  alert_inhibitions: 'ai',
  insights: 'in',
  workflow_events: 'wf',
  device_metrics: 'dm',
  device_presence: 'dp',
  audio_metrics: 'am',
  librenms_devices: 'ld',
  librenms_ports: 'lp',
  librenms_links: 'lk',
  librenms_alerts: 'la',
  librenms_events: 'le',
}

const TOPICS_BY_CODE = new Map(Object.entries(TOPIC_CODES).map(([topic, code]) => [code, topic]))
/** Far more than a position of ours has. */
const MOST_CHARACTERS = 4_096
const MOST_PARTITIONS = 1_000

/** The text of a position; topics without a code are left out. @param topics those that count, in the order given */
export function positionText(position: Position, topics: Iterable<string> = position.keys()): string {
  const parts: string[] = []
  for (const topic of topics) {
    const [code, offsets] = [TOPIC_CODES[topic], position.get(topic)]
    if (code !== undefined && offsets !== undefined && offsets.length > 0) parts.push(`${code}.${offsets.map(base36).join('.')}`)
  }
  return parts.join('-')
}

const base36 = (offset: number): string => offset.toString(36)

/** The position of a text, or undefined for one that is none. A code that is not known is passed over: a newer server may have given it. */
export function parsePosition(text: string): Position | undefined {
  const position = new Map<string, number[]>()
  if (text === '') return position
  if (text.length > MOST_CHARACTERS) return undefined
  for (const part of text.split('-')) {
    const [code = '', ...offsets] = part.split('.')
    if (!/^[a-z]{2}$/.test(code) || offsets.length === 0 || offsets.length > MOST_PARTITIONS) return undefined
    const numbers = offsets.map((offset) => (/^[0-9a-z]{1,11}$/.test(offset) ? Number.parseInt(offset, 36) : Number.NaN))
    if (!numbers.every(Number.isSafeInteger)) return undefined
    const topic = TOPICS_BY_CODE.get(code)
    if (topic === undefined) continue
    if (position.has(topic)) return undefined
    position.set(topic, numbers)
  }
  return position
}
