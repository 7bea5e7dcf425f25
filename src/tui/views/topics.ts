import { amount, duration, quoted } from '../../live/format.ts'
import type { Cell } from '../draw/table.ts'
import type { Item, ListView } from './view.ts'

type Value = Readonly<Record<string, unknown>>

/** The topics of the bus and the groups that read from them. A lag that is unknown is not 0. */
export const topicsView: ListView = {
  name: 'topics',
  columns: [
    { title: 'Name', most: 40, grows: true },
    { title: 'Kind' },
    { title: 'Records/s', align: 'right' },
    { title: 'Lag', align: 'right' },
    { title: 'Held', align: 'right' },
    { title: 'Newest', align: 'right', from: 76 },
    { title: 'Unreadable', align: 'right', from: 90 },
    { title: 'State', from: 100 },
  ],
  sorts: [
    { name: 'name', column: 0 },
    { name: 'rate', column: 2 },
    { name: 'lag', column: 3 },
    { name: 'held', column: 4 },
  ],
  items: (world, now) => [
    ...[...(world.operations?.topics.values() ?? [])].map((topic) => topicItem(topic, world.present(now))),
    ...[...(world.operations?.groups.values() ?? [])].map(groupItem),
  ],
  empty: (world) =>
    world.operations ? 'The bus has no topic yet.' : 'The token does not open the channel operations, which has topics and groups.',
}

/** ms: younger than this is not worth a number. */
const NOW = 1_500
const count = (value: unknown): string => (typeof value === 'number' ? amount(value) : '–')
const size = (value: unknown): number => (typeof value === 'number' ? value : -1)

function topicItem(topic: Value, present: number): Item {
  const name = String(topic.topic)
  const at = typeof topic.newest_event_time === 'string' ? Date.parse(topic.newest_event_time) : undefined
  const unreadable = size(topic.unreadable)
  const age = at === undefined ? undefined : present - at
  const newest = age === undefined ? '–' : age < NOW ? 'now' : `${duration(age)} ago`
  return {
    ...{ key: `topic ${name}`, topic: 'topics', partition: 0, offset: -1, timestamp: at ?? 0, recordKey: name, value: topic },
    cells: [
      name,
      ['topic', 'dim'],
      count(topic.per_second),
      '',
      count(topic.records),
      newest,
      unreadable > 0 ? [`! ${unreadable}`, 'warning'] : ['0', 'dim'],
      ['', 'dim'],
    ],
    order: [`1${name}`, -size(topic.per_second), 1, -size(topic.records)],
    command: `shitops topic describe ${quoted(name)}`,
  }
}

function groupItem(group: Value): Item {
  const name = String(group.group)
  const lag: Cell = typeof group.lag === 'number' ? [amount(group.lag), group.lag > 0 ? 'strong' : 'dim'] : ['unknown', 'warning']
  return {
    ...{ key: `group ${name}`, topic: 'groups', partition: 0, offset: -1, timestamp: 0, recordKey: name, value: group },
    cells: [name, ['group', 'accent'], '', lag, '', '', '', String(group.state ?? '')],
    order: [`2${name}`, 1, typeof group.lag === 'number' ? -group.lag : Number.NEGATIVE_INFINITY, 1],
    command: `shitops group describe ${quoted(name)}`,
  }
}
