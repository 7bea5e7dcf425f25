import { formatDuration, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { TopicName } from '../../events/event-types.ts'
import { toEventTime } from '../../events/record.ts'
import { TOPICS } from '../../events/topics.ts'
import { validateRecord } from '../../events/validate.ts'
import type { InsightRow } from '../../insights/insight.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import { fill } from '../../insights/template.ts'
import { expandSeries, GAP } from './series.ts'
import { type Played, play, type StreamRecord } from './stream.ts'
import type { InsightTest, TestInput } from './test-file.ts'

/** What became of one test: what differs, as lines for people; none when it passed. */
export interface TestResult {
  name: string
  passed: boolean
  differences: string[]
}

/** Fields that a record must have and a test need not say. */
const FILLED: Partial<Record<TopicName, Record<string, unknown>>> = {
  device_metrics: { instance: '', unit: 'ratio', collector: 'gnmi' },
  audio_metrics: { kind: 'sample', basis: 'connection_state', confidence: 0.95, device: 'hs_1' },
  device_presence: { kind: 'heartbeat', device: 'hs_1' },
  workflow_events: { lifecycle: 'completed' },
}

/** @throws SHITOPS_E_INSIGHT for an input that its topic's schema refuses */
export async function runTest(planned: PlannedInsight, test: InsightTest): Promise<TestResult> {
  const start = Date.parse(test.start)
  const records = test.input.flatMap((input) => recordsOf(input, start, test.interval))
  await checkRecords(records, test.name)
  const { rows = [], changes = [], alerts = {}, summaries } = test.expect
  const times = Object.keys(alerts).map((text) => timeOf(text, test.name))
  const last = Math.max(0, ...records.map(({ time }) => time - start), ...[...rows, ...changes].map(({ at }) => at), ...times)
  const played = play([planned], records, start + Math.max(last, test.until ?? 0))
  const { column } = planned.insight.rows.observed
  const differences = [
    ...played.bad.map((bad) => `a record cannot be read: ${bad}`),
    ...(test.expect.rows ? differing('rows', rows.map(expectedText), rowsText(played.rows, start, rows, column)) : []),
    ...(test.expect.changes
      ? differing('changes', changes.map(expectedText), rowsText(changesOf(played.rows), start, changes, column))
      : []),
    ...Object.entries(alerts).flatMap(([text, set]) => {
      const at = timeOf(text, test.name)
      const wanted = [...set.pending.map((subject) => `pending ${subject}`), ...set.firing.map((subject) => `firing ${subject}`)]
      return differing(`alerts at ${text}`, wanted.sort(), standingAt(played, start + at).sort())
    }),
    ...(summaries ? differing('summaries', summaries, summariesOf(planned, played)) : []),
  ]
  return { name: test.name, passed: differences.length === 0, differences }
}

function recordsOf(input: TestInput, start: number, interval: number): StreamRecord[] {
  const topic = input.topic as TopicName
  const make = (at: number, fields: Record<string, unknown>): StreamRecord => {
    const time = start + at
    return { topic, time, value: { event_time: toEventTime(time), ...FILLED[topic], ...relative({ ...input.record, ...fields }, start) } }
  }
  if ('records' in input) {
    return input.records.map(({ at, tombstone, ...fields }) => {
      if (tombstone !== undefined) return { topic, time: start + at, key: String(tombstone), value: null }
      return make(at, fields)
    })
  }
  const columns = Object.entries(input.series).map(([field, text]) => [field, expandSeries(text)] as const)
  const length = Math.max(0, ...columns.map(([, values]) => values.length))
  const every = input.every ?? interval
  return Array.from({ length }, (_, i) => i).flatMap((i) => {
    const fields = columns.map(([field, values]) => [field, i < values.length ? values[i] : GAP] as const)
    if (fields.some(([, value]) => value === GAP)) return []
    return [make(input.from + i * every, Object.fromEntries(fields))]
  })
}

/** `+2h` in a field whose name ends with `_at` is a time from the start of the test. */
function relative(fields: Record<string, unknown>, start: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const offset = name.endsWith('_at') && typeof value === 'string' && value.startsWith('+') ? parseDuration(value.slice(1)) : undefined
      return [name, offset === undefined ? value : toEventTime(start + offset)]
    }),
  )
}

async function checkRecords(records: readonly StreamRecord[], test: string): Promise<void> {
  const seen = new Set<string>()
  for (const { topic, value } of records) {
    // One record of each shape is enough: a series differs by values of one kind.
    const shape = `${topic} ${value && Object.entries(value).map(([name, field]) => `${name}:${typeof field}`)}`
    if (seen.has(shape)) continue
    seen.add(shape)
    const problems = value === null && TOPICS[topic].compacted ? null : await validateRecord(topic, Buffer.from(JSON.stringify(value)))
    if (!problems?.[0]) continue
    throw new ShitopsError('SHITOPS_E_INSIGHT', `test "${test}": a record of ${topic}: ${problems[0].path} ${problems[0].message}`, {
      suggestions: ['docs/events.md has the fields of each topic'],
    })
  }
}

function timeOf(text: string, test: string): number {
  const ms = parseDuration(text)
  if (ms === undefined)
    throw new ShitopsError('SHITOPS_E_INSIGHT', `test "${test}": alerts at "${text}": that is no duration from the start`)
  return ms
}

interface Expected {
  at: number
  subject: string
  active: boolean
  observed?: number | null | undefined
}

const expectedText = ({ at, subject, active, observed }: Expected): string =>
  `${clock(at)} ${subject} ${active ? 'holds' : 'ended'}${observed === undefined ? '' : ` ${observed === null ? 'null' : round(observed)}`}`

/** The rows as they would be written down in a test; what is observed is told where the row at that place asks for it. */
function rowsText(rows: readonly InsightRow[], start: number, wanted: readonly Expected[], column: string): string[] {
  return rows.map(({ time, subject, active, values }, i) => {
    const observed = values[column]
    const asks = wanted[i]?.observed !== undefined
    return expectedText({ at: time - start, subject, active, ...(asks && { observed: typeof observed === 'number' ? observed : null }) })
  })
}

/** The first row of each condition and its end. */
function changesOf(rows: readonly InsightRow[]): InsightRow[] {
  const active = new Set<string>()
  return rows.filter((row) => {
    if (row.active === active.has(row.subject)) return false
    if (row.active) active.add(row.subject)
    else active.delete(row.subject)
    return true
  })
}

function standingAt({ transitions }: Played, time: number): string[] {
  const states = new Map<string, string>()
  for (const { to, time: at, alert } of transitions) {
    if (at > time) break
    if (to === 'pending' || to === 'firing') states.set(alert.fingerprint, `${to} ${alert.subject}`)
    else states.delete(alert.fingerprint)
  }
  return [...states.values()]
}

const summariesOf = ({ insight }: PlannedInsight, { transitions }: Played): string[] =>
  transitions.filter(({ to }) => to === 'firing').map(({ alert }) => fill(insight.alert.summary, alert.row.values))

/** Lines that are wanted and not there with `-`, lines that are there and not wanted with `+`, as diff has them. */
function differing(what: string, wanted: readonly string[], found: readonly string[]): string[] {
  if (wanted.length === found.length && wanted.every((line, i) => line === found[i])) return []
  const left = [...found]
  const missing = wanted.filter((line) => {
    const at = left.indexOf(line)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  const lines = [...missing.map((line) => `  - ${line}`), ...left.map((line) => `  + ${line}`)]
  return [
    `${what} (- expected, + found):`,
    ...(lines.length > 0 ? lines : ['  the same, in another order:', ...found.map((line) => `  + ${line}`)]),
  ]
}

/** `9m59.999s`: with its fraction, where formatDuration would round. */
const clock = (ms: number): string =>
  ms % 1000 === 0 ? formatDuration(ms).replaceAll(' ', '') : `${formatDuration(ms - (ms % 1000)).replaceAll(' ', '')}+${ms % 1000}ms`

const round = (value: number): number => Number(value.toPrecision(4))
