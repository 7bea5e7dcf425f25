import type { SpoolTotals } from './limits.ts'

/** How far a spool has been forwarded, as this process knows, and what was counted on the way. */
export class Progress {
  #position = 0
  #totals: SpoolTotals = { forwarded: 0, dropped: 0, refused: 0 }
  /** What was sent last, by us or by whoever was before us, may be at the target or not. */
  #unsettled = true
  /** Entries that are gone from before their turn, while that is so. */
  #gone = 0

  /** Offset of the spool up to which everything has been forwarded. */
  get position(): number {
    return this.#position
  }

  /** Offset of the first entry that waits. */
  get next(): number {
    return this.#position + this.#gone
  }

  get totals(): SpoolTotals {
    return { ...this.#totals, dropped: this.#totals.dropped + this.#gone }
  }

  /** Without what is gone and not yet for good: as it is noted in the spool. */
  get counted(): SpoolTotals {
    return this.#totals
  }

  /** What is noted in the spool, where it is further than what we know. */
  recall({ position, totals }: { position: number; totals: SpoolTotals }): void {
    if (position > this.#position) this.#totals = totals
    this.#position = Math.max(this.#position, position)
  }

  /** The target has said how far it has everything: nothing is in doubt any more. */
  settle(remote: number): void {
    // Written, and then nobody could note it in the spool.
    if (remote > this.#position) this.#count({ forwarded: remote - this.#position })
    this.#position = Math.max(this.#position, remote)
    this.#unsettled = false
  }

  /** Something is being sent: until {@link settled} or {@link settle} it may be at the target or not. */
  unsettled(): void {
    this.#unsettled = true
  }

  settled(): void {
    this.#unsettled = false
  }

  moved(position: number, records: number): void {
    this.#position = position
    this.#count({ forwarded: records })
  }

  /** The record before `next` was set aside. */
  refused(next: number): void {
    this.#position = next
    this.#count({ refused: 1 })
  }

  /** Another process forwards: this is what it has noted. @returns whether that is further than before */
  follow({ position, totals }: { position: number; totals: SpoolTotals }): boolean {
    const moved = position > this.#position
    this.#position = Math.max(this.#position, position)
    this.#totals = totals
    return moved
  }

  /** Entries from before `start` are gone: what of them was not forwarded is counted. @returns whether there is any */
  noticeGap(start: number): boolean {
    this.#gone = Math.max(0, start - this.#position)
    if (this.#gone === 0) return false
    // In doubt, some of them may have arrived: it is counted for good once the target has said so.
    if (!this.#unsettled) {
      this.#totals = this.totals
      this.#position = start
      this.#gone = 0
    }
    return true
  }

  #count(more: Partial<SpoolTotals>): void {
    const { forwarded, dropped, refused } = this.#totals
    this.#totals = { forwarded: forwarded + (more.forwarded ?? 0), dropped, refused: refused + (more.refused ?? 0) }
  }
}
