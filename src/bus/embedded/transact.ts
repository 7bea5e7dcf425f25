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
  /** Only what is on disk: an epoch that was taken back with its transaction is the next user's. */
  readonly #mine = new Map<string, number>()
  /** What transactions have written that are not committed yet: all that go into one belong to the same user. */
  readonly #pending = new WeakMap<Tx, Map<string, number>>()

  /** The epoch to {@link enter} for a use of the id. Throws SHITOPS_E_FENCED when a newer user has taken over. */
  check(tx: Tx, id: string): number {
    const stored = tx.meta.number(textKey(META.writer, id), 0)
    const mine = this.#known(tx, id) ?? stored + 1
    if (stored > mine) {
      throw new ShitopsError('SHITOPS_E_FENCED', `a newer instance of "${id}" has taken over; this one may no longer write`, {
        suggestions: ['stop one of the two'],
      })
    }
    return mine
  }

  /** As {@link check} for the holder of a standing claim, and for whoever takes over: it is the newest user of the id, even if others used it since. */
  renew(tx: Tx, id: string): number {
    const stored = tx.meta.number(textKey(META.writer, id), 0)
    return stored === this.#known(tx, id) ? stored : stored + 1
  }

  /** Make the epoch known, once everything else has been checked. */
  enter(tx: Tx, id: string, epoch: number): void {
    const key = textKey(META.writer, id)
    if (tx.meta.number(key, 0) < epoch) tx.meta.putDoubles(key, epoch)
    const pending = this.#pending.get(tx) ?? new Map<string, number>()
    this.#pending.set(tx, pending.set(id, epoch))
    tx.afterCommit(() => this.#mine.set(id, Math.max(epoch, this.#mine.get(id) ?? 0)))
  }

  #known(tx: Tx, id: string): number | undefined {
    return this.#pending.get(tx)?.get(id) ?? this.#mine.get(id)
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
  const takesOver = !offsets && packed.length === 0
  const epoch = offsets?.claim || takesOver ? epochs.renew(tx, id) : epochs.check(tx, id)
  for (const append of packed) checkStillThere(tx, append.topic)
  if (offsets?.claim) commitClaimed(tx, offsets.group, offsets.claim, offsets.commits)
  else if (offsets) commitUnclaimed(tx, offsets.group, offsets.commits, now)
  epochs.enter(tx, id, epoch)
  return packed.flatMap((append) => placeAppend(tx, append))
}
