import type { ServerHttp2Stream } from 'node:http2'
import type { MessageRing } from './message-ring.ts'

/** How much a stream sends, and how. */
export interface Pace {
  /** Messages per second and stream; as many as flow control lets when it is not given. */
  rate?: number
  /** Messages per stream, then a sync and no more; endless when it is not given. */
  count?: number
  /** What follows the last of `count`: the stream's end with status OK, or silence (the default). */
  end?: boolean
  /** Each message in a DATA frame of its own, as most devices have it, instead of packed. */
  single?: boolean
}

/** What a stream has done so far. */
export interface StreamCounts {
  target: string
  /** Messages that HTTP/2 has taken. */
  messages: number
  bytes: number
  synced: boolean
  open: boolean
  /** The target has ended it, after all that it had written. */
  ended: boolean
}

/** SubscribeResponse{sync_response: true}, framed. */
const SYNC = Buffer.of(0, 0, 0, 0, 2, 0x18, 0x01)
/** Writes that wait for flow control at the same time: one to send, one to follow at once. */
const MOST_IN_FLIGHT = 2

/** One Subscribe RPC under load. It writes as HTTP/2's flow control lets it, and never more than two pieces ahead. */
export class LoadStream {
  readonly counts: StreamCounts
  readonly #stream: ServerHttp2Stream
  readonly #ring: MessageRing
  readonly #pace: Pace
  /** Messages before the first sync: a whole round of the interfaces. */
  readonly #syncAfter: number
  readonly #startedAt = performance.now()
  /** Streams of the same rate do not all send at once: a part of a message, 0 to 1. */
  readonly #phase: number
  #inFlight = 0
  #taken = 0
  #syncWritten = false

  constructor(stream: ServerHttp2Stream, ring: MessageRing, about: { target: string; pace: Pace; initial: number; phase: number }) {
    this.#stream = stream
    this.#ring = ring
    this.#pace = about.pace
    this.#syncAfter = about.pace.count ?? about.initial
    this.#phase = about.phase
    this.counts = { target: about.target, messages: 0, bytes: 0, synced: false, open: true, ended: false }
    stream.on('close', () => {
      this.counts.open = false
    })
  }

  /** Send what is due and fits; called again by every write that went through. With a rate, to be called by a timer besides. */
  pump(): void {
    while (this.counts.open && this.#inFlight < (this.#pace.single ? 1 : MOST_IN_FLIGHT)) {
      if (this.#taken >= this.#syncAfter && !this.#syncWritten) {
        this.#writeSync()
        continue
      }
      const due = Math.min(this.#due(), this.#syncWritten ? Number.POSITIVE_INFINITY : this.#syncAfter - this.#taken)
      const piece = due > 0 ? this.#ring.take(this.#pace.single ? 1 : due, Date.now()) : undefined
      if (!piece) return
      this.#taken += piece.messages
      this.#write(piece.bytes, (written) => {
        piece.release()
        if (written) this.counts.messages += piece.messages
      })
    }
  }

  /** Status OK after what was written, or another. */
  end(status = 0): void {
    if (!this.counts.open || this.#stream.writableEnded) return
    this.counts.ended = true
    this.#stream.once('wantTrailers', () => this.#stream.sendTrailers({ 'grpc-status': String(status) }))
    this.#stream.end()
  }

  #due(): number {
    const { rate, count = Number.POSITIVE_INFINITY } = this.#pace
    const left = count - this.#taken
    if (rate === undefined) return left
    const elapsed = (performance.now() - this.#startedAt) / 1_000
    return Math.min(left, Math.floor(elapsed * rate + this.#phase) - this.#taken)
  }

  #writeSync(): void {
    this.#syncWritten = true
    this.#write(SYNC, (written) => {
      this.counts.synced = written
    })
    if (this.#pace.count !== undefined && this.#pace.end) this.end()
  }

  #write(bytes: Buffer, done: (written: boolean) => void): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    this.#inFlight++
    this.#stream.write(bytes, (error) => {
      this.#inFlight--
      if (!error) this.counts.bytes += bytes.length
      done(!error)
      this.pump()
    })
  }
}
