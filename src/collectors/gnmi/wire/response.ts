import { ValueSlot } from './value.ts'
import { NO_PATH, type WirePath } from './wire-path.ts'

/** An update of a notification: its value, where, and how often it was merged. */
export class UpdateSlot extends ValueSlot {
  path: WirePath = NO_PATH
  /** Samples that the target merged into this one because we were slow. */
  duplicates = 0

  override clear(): void {
    super.clear()
    this.path = NO_PATH
    this.duplicates = 0
  }
}

const NO_BYTES = Buffer.alloc(0)

/** Which arm of a SubscribeResponse is set; `none`: an empty one, which NX-OS sends to say that it is alive. */
export type ResponseKind = 'none' | 'notification' | 'sync' | 'error'

/**
 * A SubscribeResponse, read in place. There is one per decoder, which fills it anew for each message: read what you need before the next
 * one. The values lie in the message's own bytes.
 */
export class SubscribeResponse {
  kind: ResponseKind = 'none'
  /** Where it was read: `source` from `start` to `end`. */
  source: Buffer = NO_BYTES
  start = 0
  end = 0
  /** `sync`: what it says; false is legal and means nothing. */
  sync = false
  /** `error` (deprecated): code and message of the target. */
  errorCode = 0
  errorMessage = ''

  /** `notification`: ns since the epoch as the two halves of an int64; 0 where it has none. */
  timestampLo = 0
  timestampHi = 0
  prefix: WirePath = NO_PATH
  /** The updates are the complete state under the prefix. */
  atomic = false
  /** Only the first `updateCount` are this message's. */
  updates: UpdateSlot[] = []
  updateCount = 0
  /** Only the first `deleteCount` are this message's. They come before the updates (gNMI 3.5.2.3). */
  deletes: WirePath[] = []
  deleteCount = 0

  /** The message as it came, a view. */
  get message(): Buffer {
    return this.source.subarray(this.start, this.end)
  }

  /** The next update, empty. */
  addUpdate(): UpdateSlot {
    const { updates } = this
    if (this.updateCount === updates.length) updates.push(new UpdateSlot())
    return updates[this.updateCount++] as UpdateSlot
  }

  addDelete(path: WirePath): void {
    this.deletes[this.deleteCount++] = path
  }

  /** Samples that the target merged into others because we were slow, over all updates. */
  get duplicates(): number {
    let sum = 0
    for (let i = 0; i < this.updateCount; i++) sum += (this.updates[i] as UpdateSlot).duplicates
    return sum
  }

  clear(): void {
    const { updates } = this
    // No slot may hold on to an old message's bytes, nor a huge message's slots stay.
    for (let i = 0; i < this.updateCount; i++) updates[i]?.clear()
    if (updates.length > KEPT) updates.length = KEPT
    if (this.deletes.length > KEPT) this.deletes.length = KEPT
    this.kind = 'none'
    this.sync = false
    this.errorCode = 0
    this.errorMessage = ''
    this.timestampLo = 0
    this.timestampHi = 0
    this.prefix = NO_PATH
    this.atomic = false
    this.updateCount = 0
    this.deleteCount = 0
  }
}

/** Slots that stay for the next message. */
const KEPT = 4096
