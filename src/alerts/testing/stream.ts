import type { EventOf, TopicName } from '../../events/event-types.ts'
import { isTopicName, keyOf } from '../../events/topics.ts'
import type { InsightRow } from '../../insights/insight.ts'
import type { PlannedInsight } from '../../insights/plan.ts'
import type { ScanInput } from '../../query/run/scan-input.ts'
import { insightQuery } from '../insight-query.ts'
import type { Transition } from '../lifecycle.ts'

/** A record as a test or a scenario hands it in; null deletes a key of a compacted topic. */
export interface StreamRecord {
  topic: TopicName
  /** Event time, ms since the epoch. */
  time: number
  key?: string
  value: Record<string, unknown> | null
}

/** What insights made of a stream. */
export interface Played {
  rows: InsightRow[]
  transitions: Transition[]
  bad: string[]
  late: number
}

/**
 * Runs insights over a stream that is all there: records in order of event time, each topic one partition, and the watermark right behind
 * them. At `until` (ms since the epoch) time stands still.
 */
export function play(planned: readonly PlannedInsight[], records: readonly StreamRecord[], until: number): Played {
  const played: Played = { rows: [], transitions: [], bad: [], late: 0 }
  const { pipeline, sinks, take } = insightQuery(planned)
  for (const sink of sinks.values()) {
    sink.onRow = (row) => played.rows.push(row)
    sink.onTransition = (transition) => played.transitions.push(transition)
  }
  const scans = new Map<string, ScanInput[]>()
  for (const scan of pipeline.scans) {
    scan.watermarks.expect([0])
    const topic = scan.table.options.get('topic') ?? ''
    scans.set(topic, [...(scans.get(topic) ?? []), scan])
  }
  const offsets = new Map<string, number>()
  for (const record of [...records].sort((a, b) => a.time - b.time)) {
    const { topic, time, value } = record
    const offset = offsets.get(topic) ?? 0
    offsets.set(topic, offset + 1)
    const key = record.key ?? (value && isTopicName(topic) ? keyOf(topic, value as unknown as EventOf<TopicName>) : '')
    const meta = { topic, partition: 0, offset, timestamp: time, key: Buffer.from(key), headers: [] }
    const bytes = Buffer.from(JSON.stringify(value ?? {}))
    // Time is that of the whole stream: a topic in which little happens holds none of the others back.
    for (const scan of pipeline.scans) scan.watermarks.advanceTo(time - 1)
    for (const scan of scans.get(topic) ?? []) {
      const taken = value === null ? scan.takeTombstone(meta) : scan.take(bytes, 0, bytes.length, meta)
      if (taken !== 'ok') played.bad.push(`${topic}@${offset}: ${taken.bad}`)
    }
  }
  for (const scan of pipeline.scans) scan.watermarks.advanceTo(until)
  played.late = take().filter(({ late }) => late).length
  played.rows.sort((a, b) => a.time - b.time)
  played.transitions.sort((a, b) => a.time - b.time)
  return played
}
