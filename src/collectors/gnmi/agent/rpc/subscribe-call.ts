import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { Metrics } from '../../../metrics.ts'
import { Refusal } from '../refusal.ts'
import type { SubscribeRequest } from '../request/messages.ts'
import { readList } from '../request/read-list.ts'
import type { Sampler } from '../sampler.ts'
import type { SubscribeResponse } from '../subscribe/outbox.ts'
import type { Rhythm } from '../subscribe/rules.ts'
import { Stream } from '../subscribe/stream.ts'
import type { Ticker } from '../ticker.ts'

export type GrpcCall = ServerDuplexStream<SubscribeRequest, SubscribeResponse>

export interface SubscribeContext {
  sampler: Sampler
  ticker: Ticker
  rhythm: Rhythm
  metrics: Metrics
}

/** One Subscribe RPC as it is on the wire: takes requests one by one, and ends with a status. */
export class SubscribeCall {
  readonly #call: GrpcCall
  readonly #context: SubscribeContext
  #stream: Stream | undefined
  #over = false
  readonly #ended: Promise<void>
  #end = () => {}
  /** Fails the message that the transport has not taken yet. */
  #giveUp: (why: Error) => void = () => {}

  constructor(call: GrpcCall, context: SubscribeContext) {
    this.#call = call
    this.#context = context
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
    for (const event of ['cancelled', 'close', 'error'] as const) call.on(event, () => this.#close())
  }

  /** Resolves when the stream is over, however it ends. */
  async run(): Promise<void> {
    // The next request is read when this one has been answered: polls queue up in the client's window. No `for await` here: leaving one
    // destroys the call before its status is sent.
    this.#call.on('data', (request: SubscribeRequest) => {
      this.#call.pause()
      this.#take(request).then(
        () => this.#call.resume(),
        (error: unknown) => this.refuse(error),
      )
    })
    // The client may close its side of a stream and go on reading.
    this.#call.on('end', () => this.#stream?.mode !== 'STREAM' && this.#finish())
    await this.#ended
  }

  /** Leaves that wait for the client. */
  get waiting(): number {
    return this.#stream?.waiting ?? 0
  }

  /** End it with a status other than OK. */
  refuse(error: unknown): void {
    if (this.#over) return
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL', 'the agent failed')
    // An error event is grpc-js' way to end a stream with a status.
    this.#call.emit('error', refusal)
    this.#close()
  }

  async #take({ subscribe, poll }: SubscribeRequest): Promise<void> {
    if (!this.#stream) {
      if (!subscribe) throw new Refusal('INVALID_ARGUMENT', 'the first request of the RPC must carry a SubscriptionList')
      const { sampler, ticker, rhythm, metrics } = this.#context
      const plan = readList(subscribe, ticker.period)
      this.#stream = new Stream({ plan, sampler, ticker, rhythm, metrics, write: (response) => this.#write(response) })
      await this.#stream.start()
      if (this.#stream.mode === 'ONCE') this.#finish()
    } else if (poll && this.#stream.mode === 'POLL') await this.#stream.poll()
    else {
      const what = subscribe ? 'a second SubscriptionList on one RPC' : poll ? `a Poll in mode ${this.#stream.mode}` : 'an empty request'
      throw new Refusal('INVALID_ARGUMENT', what)
    }
  }

  #finish(): void {
    if (this.#over) return
    this.#call.end()
    this.#close()
  }

  /** One message at a time: it has been taken by the transport when this resolves. */
  #write(response: SubscribeResponse): Promise<void> {
    if (this.#over) return Promise.reject(STREAM_OVER)
    return new Promise((resolve, reject) => {
      this.#giveUp = reject
      this.#call.write(response, (error: Error | null | undefined) => (error ? reject(error) : resolve()))
    })
  }

  #close(): void {
    if (this.#over) return
    this.#over = true
    this.#stream?.end()
    this.#giveUp(STREAM_OVER)
    this.#end()
  }
}

const STREAM_OVER = new Error('the stream is over')
