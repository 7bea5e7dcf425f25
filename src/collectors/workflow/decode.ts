import type { WorkflowEvent } from '../../events/event-types.ts'
import { toEventTime } from '../../events/index.ts'

/** XES's standard transitions (IEEE 1849) and the words of `workflow_events`. */
const LIFECYCLE: ReadonlyMap<string, WorkflowEvent['lifecycle']> = new Map<string, WorkflowEvent['lifecycle']>([
  ['schedule', 'scheduled'],
  ['assign', 'assigned'],
  ['reassign', 'reassigned'],
  ['start', 'started'],
  ['suspend', 'suspended'],
  ['resume', 'resumed'],
  ['complete', 'completed'],
  ['due', 'due'],
])

export type Decoded = { event: WorkflowEvent } | { problem: string }

/**
 * One NDJSON line of a finance system's event log: `case_id`, `activity`, `time` (RFC 3339 with zone), and optionally `id`, `lifecycle`
 * (default `complete`), `case_type`, `resource` (an alias), `team`, `due`, `amount`, `currency`. Pure; never throws.
 */
export function decodeLine(line: string): Decoded {
  const fields = parsed(line)
  if (!fields) return { problem: 'not a JSON object' }
  const text = (name: string) => (typeof fields[name] === 'string' && fields[name] !== '' ? fields[name] : undefined)
  const [caseId, activity, time] = [text('case_id'), text('activity'), instant(text('time'))]
  if (!caseId) return { problem: 'case_id is missing' }
  if (!activity) return { problem: 'activity is missing' }
  if (!time) return { problem: 'time is missing, or not RFC 3339 with a zone' }
  const lifecycle = LIFECYCLE.get(text('lifecycle') ?? 'complete')
  if (!lifecycle) return { problem: `lifecycle "${text('lifecycle')}" is unknown` }
  const [id, type, person, team, due, currency] = [
    text('id'),
    text('case_type'),
    text('resource'),
    text('team'),
    instant(text('due')),
    text('currency'),
  ]
  return {
    event: {
      event_time: time,
      case_id: caseId,
      activity,
      lifecycle,
      ...(type && { process: type }),
      ...(id && { event_id: id }),
      ...(person && { person }),
      ...(team && { team }),
      ...(due && { case_due_at: due }),
      ...(typeof fields.amount === 'number' && { amount: fields.amount }),
      ...(currency && /^[A-Z]{3}$/.test(currency) && { currency }),
    },
  }
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** A time without a zone names no instant. */
function instant(text: string | undefined): string | undefined {
  if (!text || !/^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:\d\d)$/i.test(text)) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? undefined : toEventTime(ms)
}
