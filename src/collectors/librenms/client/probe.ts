import type { OffsetAt } from './zone.ts'

/** What was found out about a LibreNMS before anything is read. */
export interface Probe {
  /** As LibreNMS tells it: `26.7.0-12-gabc`; null where it does not. */
  version: string | null
  /** Names of the routes it knows; empty where it does not tell. */
  routes: ReadonlySet<string>
  /** Its time zone: most of its times are local and do not say so. UTC while nothing tells (`zoneKnown` false). */
  zone: OffsetAt
  zoneKnown: boolean
  /** What this version does not have, or does otherwise, in words. */
  remarks: readonly string[]
  /** It has routes for its logs; for some days in 2026-07 it had not. */
  logs: boolean
}

/** Ways in which versions differ (facts 1.9), told to a person. */
export function remarksOf(routes: ReadonlySet<string>): string[] {
  if (routes.size === 0) return ['it does not list its routes']
  const missing = (name: string, what: string) => (routes.has(name) ? [] : [what])
  return [
    ...missing('list_eventlog', 'it has no route for its event log: changes are found by the sweeps only'),
    ...missing('list_alertlog', 'it has no route for its alert log'),
    ...missing('list_sensors', 'it has no route for all sensors'),
    ...missing('list_links', 'it has no route for links'),
  ]
}
