import { createHash } from 'node:crypto'

/** Identity of an alert: the same labels give the same 16 hex digits, in whatever order they come. */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 16)
}
