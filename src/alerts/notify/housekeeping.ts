import { tombstone } from '../../events/index.ts'
import type { AlertBook } from '../alert-book.ts'
import { SILENCE_SOURCE } from '../silences.ts'
import type { Output } from './dispatch.ts'

/** A silence that has ended is shown for so long, ms: five days, as in Alertmanager. */
export const SILENCE_SHOWN = 432_000_000

/** The tombstones of silences that ended long ago. */
export function outdated(book: AlertBook, now: number): Output[] {
  return [...book.silences()]
    .filter(({ endsAt }) => endsAt + SILENCE_SHOWN <= now)
    .map(({ id }) => ({ topic: 'alert_silences', ...tombstone('alert_silences', id, now, { source: SILENCE_SOURCE }) }))
}
