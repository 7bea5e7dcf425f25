import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { GnmiConnection } from '../client/connection.ts'
import { type Failure, failureOf, statusName } from '../client/failure.ts'
import type { SubscribeCall } from '../client/subscribe-call.ts'
import type { Encoding, GnmiTarget, Subscription } from '../config.ts'
import { encodingName } from '../request/encoding.ts'
import { subscribeRequest } from '../request/subscribe.ts'
import type { StreamStatus } from '../status.ts'
import type { ResponseDecoder } from '../wire/decoder.ts'
import { Malformed } from '../wire/malformed.ts'
import type { SubscribeResponse } from '../wire/response.ts'
import { sentAt } from '../wire/sent-at.ts'
import { Inbox, type InboxRoom } from './inbox.ts'
import type { Pump, Stream } from './pump.ts'
import type { Watch } from './watch.ts'
import { type Patience, silenceLimit } from './watchdog.ts'
import type { Outlet, StreamFact, StreamWriter } from './writer.ts'

/** What streams share. */
export interface StreamContext {
  clock: Clock
  pump: Pump
  watch: Watch
  /** What waits to be read, of all streams. */
  room: InboxRoom
  outlet: Outlet
  decoder: ResponseDecoder
  warn(message: string): void
}

/** Errors that a target reports in its stream are said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** How a stream ended. `failure` is absent where the target ended it with OK, or where we did. */
export interface StreamEnd {
  failure?: Failure
  synced: boolean
  /** ms from the first message to the end */
  lived: number
  /** Messages received. */
  messages: number
}

/** One Subscribe RPC, from the request to the end of the stream. */
export class SubscribeStream implements Stream {
  readonly inbox: Inbox
  readonly #context: StreamContext
  readonly #subscription: Subscription
  readonly #status: StreamStatus
  readonly #call: SubscribeCall
  readonly #writer: StreamWriter
  readonly #patience: Patience
  readonly #ended: Promise<void>
  #end = () => {}
  #failure: Failure | undefined
  /** Ended by us: what the call says of it afterwards does not count. */
  #ours = false
  /** Aborts when the stream has ended, whoever ended it. */
  readonly #over = new AbortController()
  #firstMessage = 0
  #lastMessage: number
  #messages = 0
  #notifications = 0
  #answers = 0
  #targetErrors = 0
  /** POLL: the next sync ends an answer. The initial state is the first, which nobody has to ask for. */
  #asked = true

  private constructor(context: StreamContext, target: GnmiTarget, subscription: Subscription, status: StreamStatus, call: SubscribeCall) {
    this.#context = context
    this.#subscription = subscription
    this.#status = status
    this.#call = call
    this.#lastMessage = context.clock.now()
    this.#patience = silenceLimit(subscription)
    this.inbox = new Inbox(call, context.room)
    this.#writer = context.outlet.open({ target, subscription, epoch: status.epoch, address: status.address })
    this.#ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /**
   * Subscribe, and take what comes until the end; everything of it has been read then.
   * @param connection stands, or is made now
   * @throws SHITOPS_E_GNMI_… where there is no connection, SHITOPS_E_USAGE for a subscription that no target could take
   */
  static async run(
    context: StreamContext,
    target: GnmiTarget,
    subscription: Subscription,
    { connection, status, encoding, signal }: { connection: GnmiConnection; status: StreamStatus; encoding: Encoding; signal: AbortSignal },
  ): Promise<StreamEnd> {
    const request = subscribeRequest(target, subscription, encoding)
    const call = await connection.subscribe()
    status.address = connection.address
    status.connected = true
    const stream = new SubscribeStream(context, target, subscription, status, call)
    try {
      return await stream.#run(request, encoding, signal)
    } finally {
      status.connected = false
      status.synced = false
    }
  }

  async #run(request: object, encoding: Encoding, signal: AbortSignal): Promise<StreamEnd> {
    const { clock } = this.#context
    const cancel = () => this.#stop()
    this.#listen()
    this.#tell({ kind: 'connected' })
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    else this.#call.write(request)
    const unwatch = this.#context.watch.add(() => this.#look())
    await this.#ended
    this.#over.abort()
    unwatch()
    signal.removeEventListener('abort', cancel)
    await this.#read()
    // What a target cannot do is most often the encoding.
    if (this.#failure?.status === 'UNIMPLEMENTED' && this.#failure.class === 'refused')
      this.#failure = { ...this.#failure, message: `${this.#failure.message} (encoding ${encodingName(encoding)})` }
    const { synced } = this.#status
    const lived = this.#firstMessage === 0 ? 0 : clock.now() - this.#firstMessage
    if (this.#failure) this.#tell(lostFact(this.#failure))
    else if (!this.#ours && this.#subscription.mode !== 'stream') this.#tell({ kind: 'lost', detail: 'complete', status: 'OK' })
    else if (!this.#ours) this.#tell({ kind: 'lost', detail: 'the target ended the stream', status: 'OK' })
    else this.#tell({ kind: 'lost', detail: 'ended by us', status: 'CANCELLED' })
    return { ...(this.#failure && { failure: this.#failure }), synced, lived, messages: this.#messages }
  }

  /**
   * Reads one message of the inbox; called by the pump. A message that we fail at is a bug of ours, and kept like one that is malformed;
   * what else comes, from whomever, is read all the same.
   */
  read(bytes: Buffer, start: number, end: number, at: number): void {
    try {
      this.#message(bytes, start, end, at)
    } catch (error) {
      this.#status.malformed++
      const message = `shitops fails at this message, which is a bug: ${messageOf(error)}`
      this.#writer.malformed({ message }, bytes.subarray(start, end))
    }
  }

  #listen(): void {
    const { clock, pump } = this.#context
    this.#call.listen({
      messages: (bytes, count) => {
        if (this.#ours) return
        const now = clock.now()
        this.#messages += count
        this.#status.messages += count
        if (this.#firstMessage === 0) this.#firstMessage = now
        this.#lastMessage = now
        this.#status.lastMessage = now
        this.inbox.push({ bytes, count }, now)
        pump.notice(this)
      },
      end: (status) => {
        if (status.code !== 0 && !this.#ours) this.#failure ??= failureOf(status)
        this.#end()
      },
    })
  }

  /** Resolves when all that was received has been read. */
  #read(): Promise<void> {
    return new Promise((resolve) => {
      this.inbox.push(resolve, 0)
      this.#context.pump.notice(this)
    })
  }

  #stop(): void {
    this.#ours = true
    this.#call.cancel()
    this.#call.resume()
    this.#end()
  }

  #fail(failure: Failure): void {
    this.#failure ??= failure
    this.#stop()
  }

  /** Ends a stream that has fallen silent, and one that is complete but is not closed. */
  #look(): void {
    const { clock, warn } = this.#context
    const { first, silent, afterSync } = this.#patience
    if (this.#ours) return
    // While messages wait to be read, the silence is ours.
    if (this.inbox.held || !this.inbox.empty) {
      this.#lastMessage = clock.now()
      return
    }
    const silence = clock.now() - this.#lastMessage
    if (this.#status.synced && afterSync > 0 && silence >= afterSync) {
      warn(`${this.#status.target}: complete, but the target does not close the stream`)
      this.#stop()
      return
    }
    const limit = this.#messages === 0 ? first : this.#status.synced && afterSync > 0 ? 0 : silent
    if (limit === 0 || silence < limit) return
    const seconds = Math.round(silence / 1000)
    this.#tell({ kind: 'stale', detail: `no message for ${seconds} s` })
    this.#fail({
      class: 'timeout',
      status: 'DEADLINE_EXCEEDED',
      message: `no message for ${seconds} s`,
      suggestions: ['--stale-after 5m, or 0s for never'],
    })
  }

  #message(bytes: Buffer, start: number, end: number, at: number): void {
    const response = this.#context.decoder.decode(bytes, start, end)
    if (response instanceof Malformed) {
      this.#status.malformed++
      this.#writer.malformed(response, bytes.subarray(start, end))
    } else if (response.kind === 'notification') this.#notification(response, at)
    else if (response.kind === 'sync' && response.sync) this.#synced()
    else if (response.kind === 'error') this.#targetError(response)
  }

  #notification(response: SubscribeResponse, at: number): void {
    const status = this.#status
    this.#notifications++
    status.notifications++
    status.updates += response.updateCount
    status.deletes += response.deleteCount
    status.duplicates += response.duplicates
    const sent = sentAt(response)
    status.lag = sent > 0 ? at - sent : 0
    this.#writer.notification(response, at)
  }

  #synced(): void {
    const first = !this.#status.synced
    this.#status.synced = true
    // A target may repeat it, and after each poll it does.
    if (first) this.#tell({ kind: 'synced' })
    // A path that is not there is no error in a Subscribe: nothing comes, and nobody says why.
    if (first && this.#notifications === 0 && !this.#subscription.updatesOnly) {
      const paths = this.#subscription.groups.flatMap((group) => group.paths).join(', ')
      this.#context.warn(`${this.#status.target}: complete, and nothing came for ${paths}: check that the device has it (shitops gnmi get)`)
    }
    if (this.#subscription.mode === 'poll') this.#answered()
  }

  /** One answer of a poll is complete (the first is the initial state); the next question, unless that was the last. */
  #answered(): void {
    // A sync that is repeated answers nothing; a question for each would make two questions at once.
    if (!this.#asked) return
    this.#asked = false
    const { polls, pollInterval = 10_000 } = this.#subscription
    if (polls !== undefined && this.#answers++ >= polls) {
      this.#stop()
      return
    }
    const { signal } = this.#over
    void this.#context.clock.sleep(pollInterval, signal).then(() => {
      if (this.#ours || signal.aborted) return
      this.#asked = true
      this.#call.write({ poll: {} })
    })
  }

  #targetError({ errorCode, errorMessage }: SubscribeResponse): void {
    this.#status.failed('target')
    if (this.#targetErrors++ % SAMPLE_EVERY > 0) return
    this.#context.warn(`${this.#status.target} reports an error in its stream: ${statusName(errorCode)} ${errorMessage}`)
  }

  /** In its place among the messages. */
  #tell(fact: StreamFact): void {
    this.#status.detail = fact.detail ?? fact.kind
    const at = this.#context.clock.now()
    this.inbox.push(() => this.#writer.fact(fact, at), at)
    this.#context.pump.notice(this)
  }
}

/** What a failed stream, or a failed attempt, is called on the bus. */
export function lostFact({ class: kind, message, status }: Failure): StreamFact {
  const refused = kind === 'refused' || kind === 'auth' || kind === 'too_large'
  return { kind: refused ? 'refused' : 'lost', detail: message, status }
}
