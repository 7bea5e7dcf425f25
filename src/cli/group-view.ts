import type { GroupDescription } from '../bus/bus.ts'
import type { GroupOverview, ResetStep } from '../bus/ops/groups.ts'
import { formatCount } from './amounts.ts'
import { formatList, type ListFlags } from './list-output.ts'
import { type Column, formatTable } from './table.ts'

/** Unknown is not 0, and must not look like it. */
const known = (count: number | null) => (count === null ? 'unknown' : formatCount(count))

const lagColumn = <Row extends { lag: number | null }>(): Column<Row> => ({
  name: 'lag',
  value: ({ lag }) => lag,
  shown: ({ lag }) => known(lag),
  right: true,
})

export const GROUP_COLUMNS: ReadonlyArray<Column<GroupOverview>> = [
  { name: 'group', value: ({ group }) => group },
  { name: 'state', value: ({ state }) => state },
  { name: 'members', value: ({ members }) => members, right: true },
  lagColumn(),
  { name: 'topics', value: ({ topics }) => topics.join(' ') },
]

type Offset = GroupDescription['offsets'][number] & { member: string | null }

const OFFSET_COLUMNS: ReadonlyArray<Column<Offset>> = [
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'partition', value: ({ partition }) => partition, right: true },
  { name: 'committed', value: ({ committed }) => committed, shown: ({ committed }) => known(committed), right: true },
  { name: 'latest', value: ({ latest }) => latest, shown: ({ latest }) => known(latest), right: true },
  lagColumn(),
  { name: 'member', value: ({ member }) => member },
]

/** State, then offsets and lag by partition, each with the member that reads it. */
export function formatGroup(group: GroupDescription, flags: ListFlags, terminal: { isTTY?: boolean; columns?: number }): string {
  const memberOf = (topic: string, partition: number) =>
    group.memberList.find(({ partitions }) => partitions.some((held) => held.topic === topic && held.partition === partition))
  const offsets = group.offsets.map((offset): Offset => {
    const member = memberOf(offset.topic, offset.partition)
    return { ...offset, member: member ? `${member.clientId || member.id}@${member.host}` : null }
  })
  const table = formatList(offsets, OFFSET_COLUMNS, flags, group, terminal)
  if (flags.output !== 'table') return table
  return `group    ${group.group}\nstate    ${group.state}\nmembers  ${group.members}\n\n${table || 'It has committed nothing yet.\n'}`
}

const RESET_COLUMNS: ReadonlyArray<Column<ResetStep>> = [
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'partition', value: ({ partition }) => partition, right: true },
  { name: 'before', value: ({ before }) => before, shown: ({ before }) => (before === null ? 'none' : formatCount(before)), right: true },
  { name: 'after', value: ({ after }) => after, shown: ({ after }) => formatCount(after), right: true },
  lagColumn(),
]

/** The plan of a reset, partition by partition. */
export const formatReset = (steps: readonly ResetStep[]) => `${formatTable(steps, RESET_COLUMNS, { header: true })}\n`
