import { ShitopsError } from '../../base/errors.ts'
import type { AppendResult, Transaction } from '../bus.ts'
import type { PackedAppend } from './append.ts'
import { commitClaimed, commitUnclaimed } from './group-protocol.ts'
import { META, textKey } from './keys.ts'
import { checkStillThere, placeAppend } from './place.ts'
import type { Tx } from './tx.ts'

/**
 * The epochs under which this bus uses transactional ids. The first use of an id takes the next epoch; from then on every
 * other bus that used it before is fenced, as with Kafka's transactional.id.
 */
export class Epochs {
  readonly #mine = new Map<string, number>()

  /** Throws SHITOPS_E_FENCED when a newer user of the id has taken over. */
  check(tx: Tx, id: string): void {
    const key = textKey(META.writer, id)
    const stored = tx.meta.number(key, 0)
    const mine = this.#mine.get(id) ?? stored + 1
    if (stored > mine) {
      throw new ShitopsError('SHITOPS_E_FENCED', `a newer instance of "${id}" has taken over; this one may no longer write`, {
        suggestions: ['stop one of the two'],
      })
    }
    this.#mine.set(id, mine)
  }

  /** Whoever holds a standing claim is the newest user of the id, even if others used it since. Then {@link enter}. */
  renew(tx: Tx, id: string): void {
    const stored = tx.meta.number(textKey(META.writer, id), 0)
    if (stored !== this.#mine.get(id)) this.#mine.set(id, stored + 1)
  }

  /** Make the epoch known, once everything else has been checked. */
  enter(tx: Tx, id: string): void {
    const key = textKey(META.writer, id)
    const mine = this.#mine.get(id) ?? 0
    if (tx.meta.number(key, 0) >= mine) return
    tx.meta.putDoubles(key, mine)
  }
}

/** Appends and offsets in one LMDB transaction. Everything that can be refused is checked before the first write. */
export function placeTransaction(
  tx: Tx,
  transaction: Transaction,
  packed: readonly PackedAppend[],
  epochs: Epochs,
  now: number,
): AppendResult[] {
  const { id, offsets } = transaction
  if (!offsets?.claim) epochs.check(tx, id)
  for (const append of packed) checkStillThere(tx, append.topic)
  if (offsets?.claim) {
    commitClaimed(tx, offsets.group, offsets.claim, offsets.commits)
    epochs.renew(tx, id)
  } else if (offsets) commitUnclaimed(tx, offsets.group, offsets.commits, now)
  epochs.enter(tx, id)
  return packed.flatMap((append) => placeAppend(tx, append))
}
