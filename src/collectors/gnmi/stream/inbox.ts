import { PREFIX, sizeAt } from '../client/message-frames.ts'

/** Messages that came together, each with gRPC's prefix. */
export interface MessageRun {
  bytes: Buffer
  count: number
}

/** What waits in an inbox: messages, or something to be done when its turn comes. */
export type Item = MessageRun | (() => void)

/** Takes a message, which is `bytes` from `start` to `end`. @param at when it came, ms since the epoch */
export type ReadMessage = (bytes: Buffer, start: number, end: number, at: number) => void

/** A call's messages are held back once so many wait, or so many bytes. */
const MOST_MESSAGES = 1_024
const MOST_BYTES = 1 << 20

/** What all inboxes together hold, bytes, before each is held to its share: a thousand of them must not be a gigabyte. */
const ROOM = 32 << 20
/** What a stream may have waiting in any case: a message or two, so that none is shut out by the others. */
const SHARE = 16 << 10

/** Bytes that wait in all inboxes of a collector. */
export class InboxRoom {
  bytes = 0

  get full(): boolean {
    return this.bytes >= ROOM
  }
}

/** What one stream has brought and nobody has looked at yet, in order. Bounded by holding back the call. */
export class Inbox {
  readonly #call: { pause(): void; resume(): void }
  readonly #items: Item[] = []
  readonly #times: number[] = []
  #next = 0
  /** Of the next item, how much was taken. */
  #at = 0
  #messages = 0
  #bytes = 0
  #held = false
  readonly #room: InboxRoom

  constructor(call: { pause(): void; resume(): void }, room = new InboxRoom()) {
    this.#call = call
    this.#room = room
  }

  get empty(): boolean {
    return this.#next === this.#items.length
  }

  /** The call is held back: silence is our own doing. */
  get held(): boolean {
    return this.#held
  }

  /** @param at ms since the epoch */
  push(item: Item, at: number): void {
    this.#items.push(item)
    this.#times.push(at)
    if (typeof item === 'function') return
    this.#messages += item.count
    this.#bytes += item.bytes.length
    this.#room.bytes += item.bytes.length
    if (this.#held) return
    const most = this.#room.full ? SHARE : MOST_BYTES
    if (this.#messages < MOST_MESSAGES && this.#bytes < most) return
    this.#held = true
    this.#call.pause()
  }

  /** The oldest: hands over a message, or does what was to be done. Only when not empty. */
  take(read: ReadMessage): void {
    const item = this.#items[this.#next] as Item
    const time = this.#times[this.#next] as number
    if (typeof item === 'function') {
      this.#leave()
      item()
      return
    }
    const { bytes } = item
    const start = this.#at + PREFIX
    const end = start + sizeAt(bytes, this.#at)
    this.#messages--
    this.#bytes -= end - this.#at
    this.#room.bytes -= end - this.#at
    this.#at = end
    if (end === bytes.length) this.#leave()
    read(bytes, start, end, time)
  }

  /** Let the call go on, once there is nothing left. */
  release(): void {
    if (!this.#held || !this.empty) return
    this.#held = false
    this.#call.resume()
  }

  /** Behind the item that was the next. */
  #leave(): void {
    this.#next++
    this.#at = 0
    if (this.#next < this.#items.length) return
    // The same list: one that was dropped in the old generation would hold what is in it until the next full collection.
    this.#items.length = 0
    this.#times.length = 0
    this.#next = 0
  }
}
