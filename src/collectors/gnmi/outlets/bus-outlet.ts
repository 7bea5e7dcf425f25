import { formatDuration } from '../../../base/duration.ts'
import { type DeadLetter, type DeadLetterReason, dlqRecord, dlqTopic, toEventTime, toRecord } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import { messageLetter } from '../event/message-letter.ts'
import { MetricRecords } from '../event/metric-records.ts'
import { TelemetryRecords } from '../event/telemetry-records.ts'
import type { ValueProblem } from '../event/value-problem.ts'
import type { CompiledMappings } from '../normalise/compiled-mappings.ts'
import { Normaliser } from '../normalise/normaliser.ts'
import type { Outlet, StreamFact, StreamInfo, StreamWriter } from '../stream/writer.ts'
import type { Malformed } from '../wire/malformed.ts'
import type { SubscribeResponse } from '../wire/response.ts'
import { Batches } from './batches.ts'

type Surroundings = Pick<CollectorContext<unknown>, 'bus' | 'clock' | 'metrics' | 'logger' | 'signal'>

/** A notification may be so far ahead of its receipt, ms, before a clock must be wrong. */
const MOST_AHEAD = 10 * 60_000

/** A problem of one stream is said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/**
 * Streams onto the bus: each notification on `device_telemetry`, its samples on `device_metrics`, what cannot be read on
 * `device_telemetry.dlq`. Counts, once they are written: `received` (notifications), `synced`, `lost`, `duplicates`, `malformed`,
 * `unreadable` (values that gave no sample), `clock_ahead` (notifications from the future), `published`.
 */
export class BusOutlet implements Outlet {
  readonly #context: Surroundings
  readonly #batches: Batches
  readonly #mappings: CompiledMappings
  readonly #normalisers = new Map<string, Normaliser>()
  /** Counted when they are on the bus. */
  #counts = new Map<string, number>()

  /** @param mappings what becomes a sample */
  constructor(context: Surroundings, mappings: CompiledMappings) {
    this.#context = context
    this.#batches = new Batches(context)
    this.#mappings = mappings
  }

  get pending(): number {
    return this.#batches.pending
  }

  open(stream: StreamInfo): StreamWriter {
    const { name } = stream.target
    const normaliser = this.#normalisers.get(name) ?? new Normaliser(this.#mappings)
    this.#normalisers.set(name, normaliser)
    return new BusWriter(stream, normaliser, this.#batches, this.#context, (counter, by) =>
      this.#counts.set(counter, (this.#counts.get(counter) ?? 0) + by),
    )
  }

  forget(target: string): void {
    this.#normalisers.delete(target)
  }

  async flush(): Promise<void> {
    const counts = this.#counts
    this.#counts = new Map()
    const { metrics } = this.#context
    metrics.add('published', await this.#batches.flush())
    for (const [counter, by] of counts) metrics.add(counter, by)
  }
}

class BusWriter implements StreamWriter {
  readonly #stream: StreamInfo
  readonly #source: string
  readonly #records: TelemetryRecords
  readonly #samples: MetricRecords
  readonly #normaliser: Normaliser
  readonly #batches: Batches
  readonly #context: Surroundings
  readonly #count: (counter: string, by: number) => void
  #problems = 0
  #seenUnreadable: number

  constructor(
    stream: StreamInfo,
    normaliser: Normaliser,
    batches: Batches,
    context: Surroundings,
    count: (counter: string, by: number) => void,
  ) {
    const { target, subscription, epoch, address } = stream
    this.#stream = stream
    this.#source = `/gnmi/${target.name}`
    this.#records = new TelemetryRecords({ target: target.name, epoch, source: this.#source, subscription: subscription.name, address })
    this.#samples = new MetricRecords({ ...target, target: target.name, epoch, source: this.#source })
    this.#normaliser = normaliser
    this.#seenUnreadable = normaliser.unreadable
    this.#batches = batches
    this.#context = context
    this.#count = count
  }

  notification(response: SubscribeResponse, receivedAt: number): void {
    const { record, problems } = this.#records.build(response, receivedAt)
    this.#batches.add('device_telemetry', record)
    if (problems.length > 0) this.#malformed(problems, response.message)
    const time = record.timestamp ?? receivedAt
    const ahead = time - receivedAt > MOST_AHEAD
    if (ahead) this.#clockAhead(time - receivedAt)
    for (const sample of this.#normaliser.samples(response, time))
      this.#batches.add('device_metrics', this.#samples.build(sample, ahead ? receivedAt : time))
    this.#unreadable()
    this.#count('received', 1)
    const { duplicates } = response
    if (duplicates > 0) this.#count('duplicates', duplicates)
  }

  malformed(problem: Pick<Malformed, 'message'>, bytes: Buffer): void {
    this.#malformed(problem, bytes)
  }

  fact({ kind, detail, status }: StreamFact, at: number): void {
    const { target, subscription, epoch, address } = this.#stream
    const time = toEventTime(at)
    const event = {
      event_time: time,
      target: target.name,
      kind,
      epoch,
      received_at: time,
      subscription: subscription.name,
      ...(address && { address }),
      ...(detail && { detail }),
      ...(status && (kind === 'lost' || kind === 'refused') && { status_code: status }),
    }
    this.#batches.add('device_telemetry', toRecord('device_telemetry', event, { source: this.#source }))
    if (kind === 'synced') this.#count('synced', 1)
    if (kind === 'lost' || kind === 'refused') this.#count('lost', 1)
  }

  /** Passed on as sent; but a sample of the future would make whoever goes by event time take everybody else's for late. */
  #clockAhead(by: number): void {
    this.#count('clock_ahead', 1)
    this.#say(`the device's clock is ${formatDuration(by)} ahead of this machine's; its samples have the time of receipt`)
  }

  /** Values that a rule is about and can make nothing of: they are on `device_telemetry` as they came, and give no sample. */
  #unreadable(): void {
    const { unreadable } = this.#normaliser
    if (unreadable === this.#seenUnreadable) return
    this.#count('unreadable', unreadable - this.#seenUnreadable)
    this.#seenUnreadable = unreadable
    this.#say(`no sample of ${this.#normaliser.lastUnreadable}`)
  }

  #say(problem: string): void {
    if (this.#problems++ % SAMPLE_EVERY === 0) this.#context.logger.warn(`${this.#source}: ${problem}`)
  }

  #malformed(what: Pick<Malformed, 'message'> | readonly ValueProblem[], bytes: Buffer): void {
    const { letter, reason } = messageLetter(this.#stream.target.name, bytes, what)
    this.#count('malformed', 1)
    this.#say(reason.message)
    this.#letter(letter, reason)
  }

  #letter(letter: DeadLetter, reason: DeadLetterReason): void {
    this.#batches.add(dlqTopic('device_telemetry'), dlqRecord('device_telemetry', letter, reason, this.#context.clock.now()))
  }
}
