import { tailCommand } from '../../live/commands.ts'
import { moment } from '../../live/format.ts'
import type { WireChange } from '../../live/protocol.ts'
import type { Cell } from '../draw/table.ts'
import type { Item, ListView } from './view.ts'

/** Made once for each change: a thousand of them are looked at ten times a second. */
const made = new WeakMap<WireChange, Item>()
const LONGEST = 400

/** The newest changes as they come, newest first. */
export const logView: ListView = {
  name: 'log',
  columns: [
    { title: 'Time', fixed: 19 },
    { title: 'Topic', fixed: 17 },
    { title: 'Key', fixed: 22, from: 76 },
    { title: 'Value', fixed: 10, grows: true },
  ],
  sorts: [{ name: 'arrival', column: 0 }],
  items: (world) => world.log.all().reverse().map(logItem),
  empty: () => 'Nothing has come yet.',
}

function logItem(change: WireChange): Item {
  const known = made.get(change)
  if (known) return known
  const { topic, partition, offset, key, time, value } = change
  const at = Date.parse(time)
  let cells: readonly Cell[] | undefined
  const item: Item = {
    ...{ key: `${topic}/${partition}@${offset}`, topic, partition, offset, timestamp: at, recordKey: key, value },
    // Of those that are seen alone.
    get cells() {
      cells ??= [[moment(at, 0), 'dim'], [topic, 'accent'], key, value === null ? ['(removed)', 'dim'] : textOf(value)]
      return cells
    },
    order: [0],
    command: tailCommand({ topic, partition_id: partition, record_offset: offset }),
  }
  made.set(change, item)
  return item
}

/** The fields, without what stands in the other columns. */
function textOf({ event_time: _, ...fields }: Record<string, unknown>): string {
  const parts: string[] = []
  let length = 0
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) continue
    const part = `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`
    parts.push(part)
    length += part.length
    if (length > LONGEST) break
  }
  return parts.join(' ')
}
