import { formatDuration } from '../../base/duration.ts'
import type { ObservedCluster } from '../../bus/admin.ts'
import { RETENTION_MS } from '../../bus/topics/desired.ts'
import { type ConfigChange, type Plan, type PlannedMove, risksOf, type Step } from '../../bus/topics/steps.ts'
import { formatBytes, plural } from '../amounts.ts'
import { paint } from '../color.ts'
import type { PlanFlags } from './plan.ts'

/** Moves of a topic that are shown one by one. */
const SHOWN_MOVES = 12

/**
 * A plan as a difference that people read: `+` comes, `~` changes, `-` goes; `!` wants to be confirmed. Each line with its break.
 * @param next the command that does it; none where it is being done
 */
export function formatPlan(plan: Plan, observed: ObservedCluster, file: string | null, next?: string): string {
  const { steps, obstacles, notes, unmanaged } = plan
  const width = Math.max(0, ...steps.map((step) => ('topic' in step ? step.topic.length : 0)))
  const lines = [
    paint.dim(`${file ?? 'the topics of shitops'} against ${clusterText(observed)}`),
    ...(steps.length > 0 ? ['', ...steps.flatMap((step) => stepLines(step, width))] : []),
    ...section('In the way:', obstacles.map(textOf), paint.error),
    ...section('Note:', grouped(notes), paint.warn),
    '',
    steps.length === 0
      ? paint.good(obstacles.length === 0 ? 'Nothing to do: every topic is as it ought to be.' : 'Nothing can be done now.')
      : summary(plan),
    ...(steps.length > 0 && next !== undefined ? [`Next: ${next}`] : []),
    ...(unmanaged.length > 0 ? [paint.dim(`Not in the file and left alone: ${unmanaged.join(', ')}`)] : []),
  ]
  return `${lines.join('\n')}\n`
}

function clusterText({ kind, id, brokers }: ObservedCluster): string {
  if (kind === 'embedded') return `${id} (no brokers: partitions and settings alone count)`
  const racks = new Set(brokers.flatMap(({ rack }) => rack ?? []))
  return `cluster ${id}: ${plural(brokers.length, 'broker')} in ${racks.size === 0 ? 'no racks' : plural(racks.size, 'rack')}`
}

const textOf = ({ topic, message }: { topic: string; message: string }) => `${topic}: ${message}`

/** Notes that say the same of many topics are one line. */
function grouped(notes: Plan['notes']): string[] {
  const topics = new Map<string, string[]>()
  for (const { topic, message } of notes) topics.set(message, [...(topics.get(message) ?? []), topic])
  return [...topics].map(([message, names]) => `${names.join(', ')}: ${message}`)
}

function section(title: string, lines: readonly string[], color: (text: string) => string): string[] {
  return lines.length === 0 ? [] : ['', color(title), ...lines.map((line) => `  ${line}`)]
}

function stepLines(step: Step, width: number): string[] {
  const name = 'topic' in step ? step.topic : ''
  const [first = '', ...more] = stepTexts(step)
  const risk = step.risk === null ? [] : [`  ${paint.error('!')} ${''.padEnd(width)}  ${paint.error(step.risk)}: --confirm ${name}`]
  return [`  ${signOf(step)} ${name.padEnd(width)}  ${first}`, ...more.map((text) => `    ${''.padEnd(width)}  ${text}`), ...risk]
}

function signOf({ kind }: Step): string {
  if (kind === 'create') return paint.good('+')
  return kind === 'delete' ? paint.error('-') : paint.warn('~')
}

/** What a step does, in lines. */
export function stepTexts(step: Step): string[] {
  switch (step.kind) {
    case 'create': {
      const copies = step.replicas?.[0]?.length
      const settings = Object.entries(step.config).map(([name, value]) => `${name}=${valueText(name, value)}`)
      const places = step.replicas ? [`on brokers ${step.replicas.map((ids) => ids.join(' ')).join(' | ')}`] : []
      return [
        `create with ${plural(step.partitions, 'partition')}${copies ? ` of ${plural(copies, 'copy').replace('copys', 'copies')}` : ''}`,
        ...settings,
        ...places,
      ]
    }
    case 'config':
      return step.changes.map(changeText)
    case 'partitions':
      return [`partitions ${step.from} -> ${step.to}`]
    case 'move':
      return shortened(step.moves.map(moveText))
    case 'follow':
      return shortened(step.moves.map((move) => `${moveText(move)}, under way already`))
    case 'elect':
      return [
        `elect preferred leaders: ${step.elections.map(({ partition, from, to }) => `partition ${partition}: ${from ?? 'none'} -> ${to}`).join(', ')}`,
      ]
    case 'unthrottle':
      return [`take away a throttle that was left behind (${[...step.topics, ...step.brokers.map((id) => `broker ${id}`)].join(', ')})`]
    case 'delete':
      return [`delete ${plural(step.partitions, 'partition')}${step.bytes === null ? '' : ` with ${formatBytes(step.bytes)}`}`]
  }
}

function changeText({ name, from, to }: ConfigChange): string {
  return `${name} ${valueText(name, from) ?? 'not set'} -> ${valueText(name, to) ?? "the cluster's own"}`
}

function valueText(name: string, value: string | null): string | null {
  if (value === null || name !== RETENTION_MS) return value
  return Number(value) < 0 ? `${value} (unlimited)` : `${value} (${formatDuration(Number(value))})`
}

function moveText({ partition, from, to, adding, bytes }: PlannedMove): string {
  const what =
    adding.length > 0
      ? bytes === null
        ? 'bytes unknown'
        : formatBytes(bytes)
      : to.length < from.length
        ? 'nothing is copied'
        : 'order alone'
  return `partition ${partition}: brokers ${from.join(' ')} -> ${to.join(' ')} (${what})`
}

function shortened(lines: readonly string[]): string[] {
  return lines.length <= SHOWN_MOVES ? [...lines] : [...lines.slice(0, SHOWN_MOVES), `and ${lines.length - SHOWN_MOVES} more partitions`]
}

function summary(plan: Plan): string {
  const count = (...kinds: Array<Step['kind']>) =>
    new Set(plan.steps.flatMap((step) => (kinds.includes(step.kind) && 'topic' in step ? [step.topic] : []))).size
  const bytes = bytesToCopy(plan)
  const risky = [...new Set(risksOf(plan).map(({ topic }) => topic))]
  const parts = [
    `${count('create')} to create, ${count('config', 'partitions', 'move', 'follow', 'elect')} to change, ${count('delete')} to delete`,
    ...(bytes > 0 ? [`${formatBytes(bytes)} to copy`] : []),
    ...(risky.length > 0
      ? [`${plural(risky.length, 'topic')} may lose records and must be confirmed (${risky.map((name) => `--confirm ${name}`).join(' ')})`]
      : []),
  ]
  return `${paint.strong('Plan:')} ${parts.join('; ')}.`
}

/** The command that does the plan of these arguments: of the same file, and the same topics of it. */
export function applyCommand(
  topics: readonly string[] | undefined,
  { file, rebalance, ...flags }: PlanFlags & { 'safe-only'?: boolean | undefined },
): string {
  const words = [
    file !== undefined && `--file ${/[^\w./~-]/.test(file) ? `'${file}'` : file}`,
    rebalance && '--rebalance',
    flags['safe-only'] && '--safe-only',
    ...(topics ?? []),
  ]
  return ['shitops topic apply', ...words.filter(Boolean)].join(' ')
}

/** Bytes that the moves of a plan copy, as far as they are known. */
export function bytesToCopy({ steps }: Plan): number {
  const moves = steps.flatMap((step) => (step.kind === 'move' || step.kind === 'follow' ? step.moves : []))
  return moves.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}
