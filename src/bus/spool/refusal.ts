import { hasCode, isOurs, messageOf } from '../../base/errors.ts'
import type { OutRecord } from '../bus.ts'
import type { Spooled } from './entry.ts'

/** What the target will not take whenever it is sent. */
const REFUSALS = ['SHITOPS_E_TOPIC_UNKNOWN', 'SHITOPS_E_TOPIC_INVALID', 'SHITOPS_E_RECORD_INVALID'] as const

/** True where the target will not take something of what it was sent, however often it is sent. */
export const isRefusal = (error: unknown): boolean => REFUSALS.some((code) => hasCode(error, code))

/** A refused entry, for a person to look at: key, value and headers as they were, and why. */
export function asRefused({ entry }: Spooled, error: unknown, now: number): OutRecord {
  const reason = { 'refused-code': isOurs(error) ? error.code : 'SHITOPS_E_BUG', 'refused-reason': messageOf(error) }
  if (entry.kind !== 'record') return { key: null, value: JSON.stringify(entry), timestamp: now, headers: Object.entries(reason) }
  const { key, value, headers = [] } = entry.record
  return { key, value, timestamp: now, headers: [['refused-topic', entry.topic], ...Object.entries(reason), ...headers] }
}
