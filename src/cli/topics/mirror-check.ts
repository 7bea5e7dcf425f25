import type { MirrorFinding, MirrorGroup, MirrorReport } from '../../bus/kafka/mirror/report.ts'
import { formatCount, plural } from '../amounts.ts'
import { paint } from '../color.ts'
import { formatList, type ListFlags } from '../list-output.ts'
import type { Column } from '../table.ts'

/** A partition of a mirrored topic as a line; a topic without a mirror is a line too. */
interface Row {
  topic: string
  mirror: string
  partition: number | null
  latest: number | null
  mirrored: number | null
  lag: number | null
  behind_ms: number | null
}

const orUnknown = (count: number | null) => (count === null ? 'unknown' : formatCount(count))

const COLUMNS: ReadonlyArray<Column<Row>> = [
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'mirror', value: ({ mirror }) => mirror, shown: ({ mirror, partition }) => (partition === null ? 'missing' : mirror) },
  { name: 'partition', value: ({ partition }) => partition, right: true },
  { name: 'latest', value: ({ latest }) => latest, right: true },
  { name: 'mirrored', value: ({ mirrored }) => mirrored, right: true },
  { name: 'lag', value: ({ lag }) => lag, shown: ({ lag, partition }) => (partition === null ? '-' : orUnknown(lag)), right: true },
  { name: 'behind_ms', value: ({ behind_ms }) => behind_ms, right: true },
]

const GROUP_COLUMNS: ReadonlyArray<Column<MirrorGroup>> = [
  { name: 'group', value: ({ group }) => group },
  { name: 'topic', value: ({ topic }) => topic },
  { name: 'partition', value: ({ partition }) => partition, right: true },
  { name: 'committed', value: ({ committed }) => committed, right: true },
  { name: 'translated', value: ({ translated }) => translated, shown: ({ translated }) => String(translated ?? 'not'), right: true },
  { name: 'synced', value: ({ synced }) => synced, right: true },
  { name: 'read_again', value: ({ again }) => again, shown: ({ again }) => orUnknown(again), right: true },
]

/** Partitions, groups and findings for a person; CSV and NDJSON have the partitions, JSON has the report. */
export function formatMirror(report: MirrorReport, flags: ListFlags, terminal: { isTTY?: boolean; columns?: number }): string {
  const partitions = formatList(rowsOf(report), COLUMNS, flags, report, terminal)
  if (flags.output !== 'table') return partitions
  const { naming, silentMs, groups, findings } = report
  const life = silentMs === null ? 'no sign of life' : `last sign of life ${Math.round(silentMs / 1000)} s ago`
  const parts = [`${naming.source} -> ${naming.target}, ${life}\n`, partitions]
  if (groups.length > 0) parts.push(formatList(groups, GROUP_COLUMNS, flags, groups, terminal))
  parts.push(findings.length === 0 ? 'Nothing found.\n' : `${findings.map(formatFinding).join('')}${countOf(findings)}\n`)
  return parts.filter((part) => part !== '').join('\n')
}

/** 3 where something was found, as `topic check` ends. */
export const exitOfMirror = ({ findings }: MirrorReport): 0 | 3 => (findings.length > 0 ? 3 : 0)

function rowsOf({ topics }: MirrorReport): Row[] {
  return topics.flatMap(({ topic, mirror, partitions }): Row[] => {
    if (partitions === null) return [{ topic, mirror, partition: null, latest: null, mirrored: null, lag: null, behind_ms: null }]
    return partitions.map(({ behindMs, ...partition }) => ({ topic, mirror, ...partition, behind_ms: behindMs }))
  })
}

function formatFinding({ severity, message, advice }: MirrorFinding): string {
  return `${severity === 'error' ? paint.error('error') : paint.warn('warning')}: ${message}\n  ${advice}\n`
}

function countOf(findings: readonly MirrorFinding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length
  return `${plural(errors, 'error')}, ${plural(findings.length - errors, 'warning')}`
}
