import type { EnrolledEntry } from '../../collectors/ble/keys/enrolment.ts'

/** What a scan says before it begins: whom it tracks, why and until when, and what becomes of everybody else. */
export function notice(entries: readonly EnrolledEntry[], k: number, now: number): string {
  const active = entries.filter(({ expires }) => expires > now)
  const expired = entries.length - active.length
  const lines = [
    active.length === 0 ? 'Nobody is tracked: no headset is enrolled (shitops scan enrol add).' : `Tracking ${tracked(active)}.`,
    ...(expired > 0
      ? [`${expired} enrolled ${expired === 1 ? 'headset has' : 'headsets have'} expired and ${expired === 1 ? 'is' : 'are'} not tracked.`]
      : []),
    `Everybody else is only counted, and a count below ${k} is not shown. No address or key leaves this process; ids are pseudonyms.`,
  ]
  return lines.join('\n')
}

function tracked(active: readonly EnrolledEntry[]): string {
  const purposes = [...new Set(active.map(({ purpose, basis }) => `${purpose} (${basis})`))]
  const first = new Date(Math.min(...active.map(({ expires }) => expires))).toISOString().slice(0, 10)
  return `${active.length} enrolled ${active.length === 1 ? 'headset' : 'headsets'} for ${purposes.join(', ')}; the first enrolment ends on ${first}`
}
