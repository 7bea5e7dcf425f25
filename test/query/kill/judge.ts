import type { Bus, BusRecord } from '../../../src/bus/bus.ts'
import { AS_BAGS, BY_KEY, EXACT, INPUTS, OUTPUTS, TOLD } from './queries.ts'

export interface Verdict {
  rows: number
  late: number
  letters: number
  /** Rows of insights, and steps in the lives of alerts by what they are. */
  insights: number
  alerts: Record<string, number>
  /** What is wrong, in words; empty when nothing is. */
  wrong: string[]
}

/** Compares what was written under kills with what one run writes that is left alone. */
export async function judge(killed: Bus, alone: Bus): Promise<Verdict> {
  const verdict: Verdict = { rows: 0, late: 0, letters: 0, insights: 0, alerts: {}, wrong: [] }
  for (const topic of OUTPUTS) {
    const [mine, whole] = [await recordsOf(killed, topic), await recordsOf(alone, topic)]
    verdict.rows += mine.length
    if (whole.length === 0) verdict.wrong.push(`${topic}: even a run without kills writes nothing`)
    verdict.wrong.push(...ids(topic, mine, `${topic}/`))
    if (EXACT.includes(topic)) verdict.wrong.push(...differing(topic, mine.map(bytes).join('\n'), whole.map(bytes).join('\n')))
    else if (BY_KEY.includes(topic)) verdict.wrong.push(...differing(topic, byKey(mine), byKey(whole)))
    else if (AS_BAGS.includes(topic)) verdict.wrong.push(...differing(topic, bag(mine), bag(whole)))
  }
  await judgeInsights(killed, alone, verdict)
  for (const topic of [...EXACT, 'insights'].map((name) => `${name}.late`)) {
    const [mine, whole] = [await recordsOf(killed, topic), await recordsOf(alone, topic)]
    verdict.late += mine.length
    if (topic === 'insights.late' && mine.length === 0)
      verdict.wrong.push('no row of an insight was late: the test shows nothing about them')
    verdict.wrong.push(...differing(topic, mine.map(bytes).join('\n'), whole.map(bytes).join('\n')))
  }
  for (const topic of Object.keys(INPUTS).map((input) => `${input}.dlq`)) {
    const [mine, whole] = [await recordsOf(killed, topic), await recordsOf(alone, topic)]
    verdict.letters += mine.length
    verdict.wrong.push(...differing(topic, letters(mine), letters(whole)))
  }
  if (verdict.late === 0) verdict.wrong.push('no row was late: the test shows nothing about them')
  if (verdict.letters === 0) verdict.wrong.push('no record was bad: the test shows nothing about them')
  return verdict
}

/** Rows, incidents and their history, in the order of each subject; of what is now true, the last word. */
async function judgeInsights(killed: Bus, alone: Bus, verdict: Verdict): Promise<void> {
  for (const topic of TOLD) {
    const [mine, whole] = [await recordsOf(killed, topic), await recordsOf(alone, topic)]
    verdict.wrong.push(...ids(topic, mine, 'insights/'))
    const view = topic === 'alerts' ? lastByKey : byKey
    verdict.wrong.push(...differing(topic, view(mine), view(whole)))
    if (topic === 'insights') verdict.insights = mine.length
    if (topic !== 'alert_log') continue
    for (const { value } of mine) {
      const { transition } = JSON.parse(String(value)) as { transition: string }
      verdict.alerts[transition] = (verdict.alerts[transition] ?? 0) + 1
    }
  }
  const { firing = 0, resolved = 0 } = verdict.alerts
  if (firing === 0 || resolved === 0) verdict.wrong.push('no alert fired and was resolved: the test shows nothing about them')
}

/** All records, partition by partition; none where there is no such topic. */
export async function recordsOf(bus: Bus, topic: string): Promise<BusRecord[]> {
  if (!(await bus.listTopics()).includes(topic)) return []
  const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
  const records: BusRecord[][] = partitions.map(() => [])
  for await (const batch of bus.read({ topic, partitions })) for (const record of batch) records[record.partition]?.push(record)
  return records.flat()
}

function header(record: BusRecord, name: string): string {
  const found = record.headers.filter(([each]) => each === name).map(([, value]) => value.toString())
  if (found.length > 1) throw new Error(`${record.topic}/${record.partition} offset ${record.offset} has ${found.length} headers ${name}`)
  return found[0] ?? ''
}

/** Rows, late rows and letters of a job are numbered through: none twice in the topic of its rows. */
function ids(topic: string, records: readonly BusRecord[], prefix: string): string[] {
  const seen = new Set<string>()
  let twice = 0
  for (const record of records) {
    const id = header(record, 'ce_id')
    if (!id.startsWith(prefix) || seen.has(id)) twice++
    seen.add(id)
  }
  return twice > 0 ? [`${topic}: ${twice} of ${records.length} rows have an id that is not theirs alone`] : []
}

const bytes = (record: BusRecord): string =>
  JSON.stringify([
    record.partition,
    record.timestamp,
    record.key?.toString() ?? null,
    record.value?.toString() ?? null,
    record.headers.map(([name, value]) => [name, value.toString()]),
  ])
const row = ({ key, value }: BusRecord): string => `${key ?? ''} ${value ?? ''}`
const bag = (records: readonly BusRecord[]): string => records.map(row).sort().join('\n')

function byKey(records: readonly BusRecord[]): string {
  const keys = new Map<string, string[]>()
  for (const record of records) {
    const key = String(record.key)
    const rows = keys.get(key) ?? []
    rows.push(row(record))
    keys.set(key, rows)
  }
  return [...keys.values()]
    .map((rows) => rows.join('\n'))
    .sort()
    .join('\n')
}

function lastByKey(records: readonly BusRecord[]): string {
  return [...new Map(records.map((record) => [String(record.key), row(record)])).values()].sort().join('\n')
}

const letters = (records: readonly BusRecord[]): string =>
  records
    .map((record) => ['dlq_consumer', 'dlq_partition', 'dlq_offset', 'dlq_message'].map((name) => header(record, name)).join(' '))
    .sort()
    .join('\n')

function differing(topic: string, mine: string, whole: string): string[] {
  if (mine === whole) return []
  const [a, b] = [mine.split('\n'), whole.split('\n')]
  const i = a.findIndex((line, at) => line !== b[at])
  return [
    `${topic}: ${a.length} rows where a run without kills has ${b.length}; the first that differs: ${a[i] ?? '-'} instead of ${b[i] ?? '-'}`,
  ]
}
