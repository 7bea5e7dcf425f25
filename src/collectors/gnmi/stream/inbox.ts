/** What waits in an inbox: a message as bytes, or something to be done when its turn comes. */
export type Item = Buffer | (() => void)

/** A call's messages are held back once so many wait, or so many bytes. */
const MOST_MESSAGES = 1_024
const MOST_BYTES = 1 << 20

/** What one stream has brought and nobody has looked at yet, in order. Bounded by holding back the call. */
export class Inbox {
  readonly #call: { pause(): void; resume(): void }
  #items: Item[] = []
  #times: number[] = []
  #next = 0
  #bytes = 0
  #held = false

  constructor(call: { pause(): void; resume(): void }) {
    this.#call = call
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
    if (item instanceof Buffer) this.#bytes += item.length
    if (!this.#held && (this.#items.length - this.#next >= MOST_MESSAGES || this.#bytes >= MOST_BYTES)) {
      this.#held = true
      this.#call.pause()
    }
  }

  /** Hands over the oldest, with the time it came. Only when not empty. */
  take(use: (item: Item, at: number) => void): void {
    const item = this.#items[this.#next] as Item
    const at = this.#times[this.#next] as number
    this.#next++
    if (item instanceof Buffer) this.#bytes -= item.length
    if (this.#next === this.#items.length) {
      this.#items = []
      this.#times = []
      this.#next = 0
    }
    use(item, at)
  }

  /** Let the call go on, once there is nothing left. */
  release(): void {
    if (!this.#held || !this.empty) return
    this.#held = false
    this.#call.resume()
  }
}
