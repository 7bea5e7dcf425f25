import type { Inbox, ReadMessage } from './inbox.ts'
import type { Outlet } from './writer.ts'

/** Where messages come out of: an inbox, and what reads them. */
export interface Stream {
  readonly inbox: Inbox
  read: ReadMessage
}

/** So long, ms, messages are read in one go before timers, sockets and the other streams have their turn. */
const SLICE = 10
/** Messages of one stream in one go; the clock is looked at in between. */
const RUN = 64
/** Bytes that may be on their way to the outlet; more, and reading waits. */
const MOST_PENDING = 1 << 20

/** So little is not written again at once after a write, bytes: a commit or a request costs the same however small it is. */
const LITTLE = 256 << 10
/** But once in so many ms: of 1,000 targets that say something every second, commits at 25 ms cost a sixth of all CPU time. */
const PAUSE = 50

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

/**
 * Moves what the streams bring to the outlet: all streams in turn, so that none starves another; in slices, so that the event loop stays
 * free; and only as fast as the outlet writes. What waits is bounded per stream (Inbox) and on the way out.
 */
export class Pump {
  readonly #outlet: Outlet
  #ready: Stream[] = []
  readonly #queued = new Set<Stream>()
  #wake: (() => void) | undefined
  #writing: Promise<void> | undefined
  #failure: { error: unknown } | undefined
  #stopped = false
  #wroteAt = Number.NEGATIVE_INFINITY
  #pause: NodeJS.Timeout | undefined

  constructor(outlet: Outlet) {
    this.#outlet = outlet
  }

  /** There is something in the stream's inbox. */
  notice(stream: Stream): void {
    if (this.#failure) discard(stream)
    else if (!this.#queued.has(stream)) {
      this.#queued.add(stream)
      this.#ready.push(stream)
      this.#wake?.()
    }
  }

  /**
   * Until {@link stop}, and then until everything is read and written. Rejects when the outlet cannot write; what the streams bring from
   * then on is discarded, and those that end have their end.
   */
  async run(): Promise<void> {
    while (!this.#failure) {
      if (this.#ready.length === 0) {
        if (this.#stopped) break
        await this.#noticed()
        // Whatever else the sockets have brought in this turn comes along.
        await nextTurn()
      }
      this.#slice()
      if (this.#outlet.pending >= MOST_PENDING) await (this.#writing ?? this.#write())
      else if (!this.#writing && this.#outlet.pending > 0) this.#writeSoon()
      if (this.#ready.length > 0) await nextTurn()
    }
    clearTimeout(this.#pause)
    await this.#writing
    if (!this.#failure) await this.#write()
    if (!this.#failure) return
    for (const stream of this.#queued) discard(stream)
    throw this.#failure.error
  }

  /** Something was put into the outlet from elsewhere. */
  flushSoon(): void {
    this.#wake?.()
  }

  /** No stream brings anything more. */
  stop(): void {
    this.#stopped = true
    this.#wake?.()
  }

  #noticed(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  #slice(): void {
    const end = performance.now() + SLICE
    while (this.#ready.length > 0) {
      const turn = this.#ready
      this.#ready = []
      for (let i = 0; i < turn.length; i++) {
        this.#readSome(turn[i] as Stream)
        if (performance.now() >= end || this.#outlet.pending >= MOST_PENDING) {
          this.#ready = [...turn.slice(i + 1), ...this.#ready]
          return
        }
      }
    }
  }

  #readSome(stream: Stream): void {
    const { inbox } = stream
    const read: ReadMessage = (bytes, start, end, at) => stream.read(bytes, start, end, at)
    try {
      for (let n = 0; n < RUN && !inbox.empty; n++) inbox.take(read)
    } catch (error) {
      // A bug. It is told, as what cannot be written is: those who wait for their streams must not wait for ever.
      this.#failure ??= { error }
    }
    if (inbox.empty) {
      this.#queued.delete(stream)
      inbox.release()
    } else this.#ready.push(stream)
  }

  /** At once where there is much to write, or the last write is a while ago; else when it is. */
  #writeSoon(): void {
    const wait = this.#outlet.pending >= LITTLE ? 0 : this.#wroteAt + PAUSE - performance.now()
    if (wait <= 0) void this.#write()
    else
      this.#pause ??= setTimeout(() => {
        this.#pause = undefined
        this.#wake?.()
      }, wait)
  }

  /** One write at a time; what comes meanwhile is the next one's. Never rejects: run() tells. */
  #write(): Promise<void> {
    this.#wroteAt = performance.now()
    this.#writing = this.#outlet.flush().then(
      () => {
        this.#writing = undefined
        this.#wake?.()
      },
      (error: unknown) => {
        this.#writing = undefined
        this.#failure = { error }
        this.#wake?.()
      },
    )
    return this.#writing
  }
}

/** Nothing can be written any more, but whoever waits until its stream is read waits for this. */
function discard({ inbox }: Stream): void {
  while (!inbox.empty) inbox.take(() => {})
}
