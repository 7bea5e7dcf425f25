import type { DeviceTelemetry } from '../../../../src/events/event-types.ts'
import { SEQUENCE_BASE } from '../../../../src/office/gnmi/load/counters.ts'
import { placeOf } from './flaky-target.ts'

/** What is known of one epoch of one target: a stream from its beginning to its end, or an attempt that came to none. */
interface Epoch {
  epoch: number
  state: 'begun' | 'connected' | 'synced' | 'ended'
  /** The target's number of the stream; undefined until it has brought something. */
  stream?: number
  messages: number
}

/** Messages below the one that should have come, or above. */
export interface Violations {
  lost: number
  doubled: number
  misplaced: number
  /** Facts about streams that are not there, or not in order. */
  facts: number
  /** In words, the first few. */
  said: string[]
}

const SAID = 10

/** Checks, record by record, what a collector has put on the bus of one target whose messages are numbered. */
export class Ledger {
  readonly violations: Violations = { lost: 0, doubled: 0, misplaced: 0, facts: 0, said: [] }
  /** Messages by number of the stream. */
  readonly streams = new Map<number, number>()
  messages = 0
  updates = 0
  epochs = 0
  connections = 0
  readonly #target: string
  readonly #updates: number
  #at: Epoch | undefined

  /** @param updates that each message has */
  constructor(target: string, updates: number) {
    this.#target = target
    this.#updates = updates
  }

  /** The next record of the target, in the order of the bus. */
  add(record: DeviceTelemetry): void {
    const epoch = this.#epochOf(record)
    if (record.kind === 'notification') this.#notification(record, epoch)
    else this.#fact(record.kind, epoch)
  }

  /** There is no more. @param complete streams that have to be there whole, with so many messages */
  close(complete: ReadonlyMap<number, number>): void {
    if (this.#at && this.#at.state !== 'ended') this.#wrong('facts', `epoch ${this.#at.epoch} has no end`)
    for (const [stream, sent] of complete) {
      const there = this.streams.get(stream) ?? 0
      if (there !== sent) this.#wrong(there < sent ? 'lost' : 'doubled', `stream ${stream}: ${there} of ${sent}`, Math.abs(sent - there))
    }
  }

  #epochOf({ epoch, kind }: DeviceTelemetry): Epoch {
    if (this.#at?.epoch === epoch) return this.#at
    if (this.#at && this.#at.state !== 'ended') this.#wrong('facts', `epoch ${epoch} (${kind}) before the end of ${this.#at.epoch}`)
    if (this.#at && epoch < this.#at.epoch) this.#wrong('facts', `epoch ${epoch} (${kind}) after ${this.#at.epoch}`)
    this.epochs++
    this.#at = { epoch, state: 'begun', messages: 0 }
    return this.#at
  }

  #fact(kind: DeviceTelemetry['kind'], epoch: Epoch): void {
    const { state } = epoch
    const fits = { connected: state === 'begun', synced: state === 'connected', stale: state === 'connected' || state === 'synced' }
    const ends = kind === 'lost' || kind === 'refused'
    if (ends ? state === 'ended' : !fits[kind as keyof typeof fits])
      this.#wrong('facts', `${kind} in epoch ${epoch.epoch}, which is ${state}`)
    if (kind === 'connected') this.connections++
    if (kind === 'connected' || kind === 'synced') epoch.state = kind
    if (ends) epoch.state = 'ended'
  }

  #notification({ updates = [] }: DeviceTelemetry, epoch: Epoch): void {
    if (epoch.state !== 'connected' && epoch.state !== 'synced')
      this.#wrong('facts', `data in epoch ${epoch.epoch}, which is ${epoch.state}`)
    this.messages++
    this.updates += updates.length
    const numbers = new Set(updates.map(({ value }) => Number(value) - SEQUENCE_BASE))
    const [number] = numbers
    if (numbers.size !== 1 || updates.length !== this.#updates || number === undefined) {
      this.#wrong('misplaced', `a message with ${updates.length} updates and ${numbers.size} numbers`)
      return
    }
    const { stream, message } = placeOf(number)
    if (epoch.stream === undefined && this.streams.has(stream))
      this.#wrong('doubled', `stream ${stream} in epoch ${epoch.epoch} and before`)
    epoch.stream ??= stream
    if (stream !== epoch.stream) this.#wrong('misplaced', `stream ${stream} in the epoch of ${epoch.stream}`)
    else if (message < epoch.messages) this.#wrong('doubled', `stream ${stream}: ${message} again`)
    else if (message > epoch.messages) this.#wrong('lost', `stream ${stream}: ${epoch.messages} to ${message}`, message - epoch.messages)
    epoch.messages = message + 1
    this.streams.set(stream, (this.streams.get(stream) ?? 0) + 1)
  }

  #wrong(what: 'lost' | 'doubled' | 'misplaced' | 'facts', how: string, by = 1): void {
    this.violations[what] += by
    if (this.violations.said.length < SAID) this.violations.said.push(`${this.#target}: ${what}: ${how}`)
  }
}
