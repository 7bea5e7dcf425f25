import { tailCommand } from '../../live/commands.ts'
import { amount, moment, words } from '../../live/format.ts'
import type { WireChange } from '../../live/protocol.ts'
import type { Cell } from '../draw/table.ts'
import type { World } from '../world.ts'
import type { Item, ListView } from './view.ts'

/** Made once for each change: a thousand of them are looked at ten times a second. */
const made = new WeakMap<WireChange, Item>()
const LONGEST = 400

/** The newest changes as they come, newest first. */
export const logView: ListView = {
  name: 'log',
  columns: [
    { title: 'Time', fixed: 11 },
    { title: 'Topic', fixed: 16 },
    { title: 'Key', fixed: 16, from: 76 },
    { title: 'What', fixed: 10, grows: true },
  ],
  sorts: [{ name: 'arrival', column: 0 }],
  items: (world) =>
    world.log
      .all()
      .reverse()
      .map((change) => logItem(change, world)),
  empty: () => 'Nothing has come yet.',
}

function logItem(change: WireChange, world: World): Item {
  const known = made.get(change)
  if (known) return known
  const { topic, partition, offset, key, time, value } = change
  const at = Date.parse(time)
  let cells: readonly Cell[] | undefined
  const item: Item = {
    ...{ key: `${topic}/${partition}@${offset}`, topic, partition, offset, timestamp: at, recordKey: key, value },
    // Of those that are seen alone.
    get cells() {
      cells ??= [
        [timeOf(at, world.newest), 'dim'],
        [topic, 'accent'],
        key,
        value === null ? ['(removed)', 'dim'] : whatOf(topic, value, key),
      ]
      return cells
    },
    order: [0],
    command: tailCommand({ topic, partition_id: partition, record_offset: offset }),
  }
  made.set(change, item)
  return item
}

/** The time of day; of another day than the newest record's the day and the minute. */
function timeOf(at: number, newest: number): string {
  const text = moment(at, newest)
  return text.length <= TIME ? text : text.slice('2026-'.length, '2026-03-31 14:05'.length)
}
const TIME = '14:05:00'.length

/** What a record says, in words where its topic is a known one. */
function whatOf(topic: string, value: Record<string, unknown>, key: string): string {
  const { severity, status, alert_name, subject, annotations, activity, lifecycle, metric, instance, unit } = value
  switch (topic) {
    case 'alerts': {
      const summary = (annotations as { summary?: unknown } | undefined)?.summary
      return `${status}, ${severity}: ${words(String(alert_name))}, ${subject}${summary === undefined ? '' : `: ${summary}`}`
    }
    case 'alert_log':
      return `${words(String(alert_name ?? value.fingerprint))}: ${String(value.transition).replace('_', ' ')}${value.actor == null ? '' : ` by ${value.actor}`}`
    case 'workflow_events':
      return `${activity}: ${lifecycle}`
    case 'device_metrics': {
      const what = [metric, instance].filter((each) => each !== undefined && each !== '').join(' ')
      return `${what} ${amount(typeof value.value === 'number' ? value.value : undefined, String(unit ?? ''))}`
    }
    default:
      return textOf(value, key)
  }
}

/** The fields, without what stands in the other columns and what says nothing. */
function textOf({ event_time: _, ...fields }: Record<string, unknown>, key: string): string {
  const parts: string[] = []
  let length = 0
  for (const [name, value] of Object.entries(fields)) {
    if (value === null || value === '' || value === key) continue
    const part = `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    parts.push(part)
    length += part.length
    if (length > LONGEST) break
  }
  return parts.join(' ')
}
