import type { Insight } from '../../events/event-types.ts'
import { type EventRecord, toRecord } from '../../events/index.ts'
import type { EventPlace } from '../placed-event.ts'
import type { Violation } from './finding.ts'

/** The insight that violations are rows of; `rule` is a label, so that alerts can be routed by it. */
export const CONFORMANCE_INSIGHT = 'workflow_rule_broken'
const SOURCE = '/insights'

/** A violation for `insights`, as the insights that SQL produces are written. The same violation gives the same record, its id included. */
export function violationRecord(violation: Violation): EventRecord {
  const { rule, kind, severity, case_id, process, team, event_time, summary, observed, expected_low, expected_high, unit, score } =
    violation
  const evidence = violation.events.flatMap(({ place, event_time, activity, person }) => {
    if (!isRecord(place)) return []
    const { topic, partition, offset } = place
    return [{ topic, partition_id: partition, record_offset: offset, event_time, excerpt: person ? `${activity} by ${person}` : activity }]
  })
  const event: Insight = {
    event_time,
    insight: CONFORMANCE_INSIGHT,
    subject: `${case_id}/${rule}`,
    active: true,
    severity,
    summary: `case ${case_id}: ${summary}`,
    ...(observed !== null && { observed }),
    ...(expected_low !== null && { expected_low }),
    ...(expected_high !== null && { expected_high }),
    ...(unit !== null && { unit }),
    ...(score !== null && { score }),
    labels: { rule, ...(process !== null && { process }), ...(team !== null && { team }) },
    details: { case_id, kind },
    ...(evidence.length > 0 && { evidence }),
  }
  return toRecord('insights', event, { source: SOURCE })
}

const isRecord = (place: EventPlace): place is Extract<EventPlace, { topic: string }> => 'topic' in place
