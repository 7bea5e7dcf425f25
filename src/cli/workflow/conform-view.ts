import type { Violation } from '../../mining/conform/finding.ts'
import { placeText } from '../../mining/placed-event.ts'
import type { Column } from '../table.ts'
import type { Conformance } from './conform.ts'

export const VIOLATION_COLUMNS: Column<Violation>[] = [
  { name: 'event_time', value: ({ event_time }) => event_time },
  { name: 'severity', value: ({ severity }) => severity },
  { name: 'rule', value: ({ rule }) => rule },
  { name: 'case', value: ({ case_id }) => case_id },
  { name: 'what', value: ({ summary }) => summary },
  { name: 'events', value: ({ events }) => events.map(({ place }) => placeText(place)).join(' ') },
]

export const RULE_COLUMNS: Column<Conformance['by_rule'][number]>[] = [
  { name: 'rule', value: ({ rule }) => rule },
  { name: 'kind', value: ({ kind }) => kind },
  { name: 'severity', value: ({ severity }) => severity },
  { name: 'violations', value: ({ violations }) => violations, right: true },
  { name: 'cases', value: ({ cases }) => cases, right: true },
]
