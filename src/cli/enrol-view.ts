import Table from 'cli-table3'
import type { EnrolResult } from './enrol.ts'

/** What was done, or the table of who is enrolled; no keys. */
export function formatEnrolment({ file, missing, added, removed, headsets }: EnrolResult): string {
  if (missing) return `Nobody is enrolled: there is no ${file}\nNext: shitops scan enrol add ALIAS --purpose … --basis … --expires … < KEYS`
  if (added !== undefined) return `${added} is enrolled in ${file}`
  if (removed !== undefined) return `${removed} is no longer enrolled in ${file}`
  if (headsets.length === 0) return `Nobody is enrolled in ${file}`
  const table = new Table({ head: ['alias', 'team', 'keys', 'purpose', 'basis', 'expires', 'state'], style: { head: [], border: [] } })
  for (const { alias, team, keys, purpose, basis, expires, state } of headsets) {
    table.push([alias, team ?? '', keys.join(' + '), purpose, basis, expires, state])
  }
  return table.toString()
}
