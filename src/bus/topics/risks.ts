import { formatDuration } from '../../base/duration.ts'
import { CLEANUP, MIN_INSYNC, RETENTION_BYTES, RETENTION_MS, UNCLEAN } from './desired.ts'

/** The same text for settings that mean the same: lists in any order, numbers in any form. */
export function normalized(name: string, value: string): string {
  if (name === CLEANUP) {
    const parts = value.split(',').map((part) => part.trim())
    return [...new Set(parts)].sort().join(',')
  }
  return /^-?\d+(\.0+)?$/.test(value) ? String(Number(value)) : value
}

/**
 * Why changing a setting may lose records, now or when a broker fails; null where it cannot.
 * @param from absent: not set, on a bus without a default @param policy cleanup.policy afterwards
 */
export function riskOf(name: string, from: string | undefined, to: string | null, policy: string): string | null {
  if (to === null) return LOSSY.includes(name) ? "the cluster's own value may keep less" : null
  switch (name) {
    case RETENTION_MS:
      return deletes(policy) && lower(from, to) ? `records older than ${formatDuration(Number(to))} will be deleted` : null
    case RETENTION_BYTES:
      return deletes(policy) && lower(from, to) ? `records beyond ${to} bytes a partition will be deleted` : null
    case CLEANUP:
      return cleanupRisk(normalized(name, from ?? 'delete'), normalized(name, to))
    case MIN_INSYNC:
      return from !== undefined && Number(to) < Number(from) ? `a record may count as written with ${to} in-sync instead of ${from}` : null
    case UNCLEAN:
      return to === 'true' && from !== 'true' ? 'a replica that lacks records may become the leader' : null
    default:
      return null
  }
}

const LOSSY = [RETENTION_MS, RETENTION_BYTES, CLEANUP, MIN_INSYNC, UNCLEAN]

const deletes = (policy: string) => normalized(CLEANUP, policy).split(',').includes('delete')

/** Negative is without a limit. */
function lower(from: string | undefined, to: string): boolean {
  const limit = (text: string | undefined) => (text === undefined || Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text))
  return limit(to) < limit(from)
}

function cleanupRisk(from: string, to: string): string | null {
  const had = from.split(',')
  const gets = to.split(',').filter((part) => !had.includes(part))
  if (gets.includes('compact')) return 'of each key only the last record will stay'
  return gets.includes('delete') ? 'records beyond the retention will be deleted' : null
}
