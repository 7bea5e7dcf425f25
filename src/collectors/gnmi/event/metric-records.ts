import type { OutRecord } from '../../../bus/bus.ts'
import { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { type EventRecord, toEventTime, toRecordFromJson } from '../../../events/index.ts'
import type { Sample } from '../normalise/sample.ts'
import { EventTimes } from './event-times.ts'

/** What is the same for all samples of one stream. */
export interface SampleFacts {
  /** The device by its configured name; the key of the records. */
  target: string
  /** Sync epoch: one more with every new stream to the target. */
  epoch: number
  /** CloudEvents source, `/gnmi/access-1`. */
  source: string
  role?: string | undefined
  person?: string | undefined
  team?: string | undefined
  site?: string | undefined
}

const BEGIN = Buffer.from('{"event_time":"')
const INTERVAL = Buffer.from(',"interval_s":')
const CLOSE = 0x7d

/** Where every record is put together, and left: one for all streams, since a record is built in one go. */
const workspace = new ByteBuffer()
/** Of all streams too: those of one moment come together. */
const eventTimes = new EventTimes()

/** Instances of all metrics that are remembered; beyond, all are forgotten. Those of a network are some thousands. */
const CAPACITY = 1 << 14

/** Of all streams, `"metric":…,"instance":…,"value":` by metric and instance. */
const beforeValues = new Map<string, Map<string, Buffer>>()
let remembered = 0
/** `,"unit":…,"collector":"gnmi"` by unit. */
const afterValues = new Map<string, Buffer>()

/**
 * The device_metrics records of one stream, one for each sample. As with {@link TelemetryRecords} the JSON is put together from bytes that were
 * written once, so a sample costs its numbers. test/collectors/gnmi/event proves that it is what JSON.stringify would make of the event.
 */
export class MetricRecords {
  readonly #epoch: number
  /** What stands behind the time, and at the end: the device. */
  readonly #afterEventTime: Buffer
  readonly #owner: Buffer
  /** A record as the vocabulary makes it, with this stream's key and headers. */
  readonly #template: EventRecord
  /** Where in its headers those of each record's own are. */
  readonly #idAt: number
  readonly #timeAt: number
  #sequence = 0

  constructor({ target, epoch, source, role, person, team, site }: SampleFacts) {
    this.#epoch = epoch
    this.#afterEventTime = Buffer.from(`","target":${JSON.stringify(target)},`)
    const owner = { ...(role && { role }), ...(person && { person }), ...(team && { team }), ...(site && { site }) }
    const members = JSON.stringify(owner).slice(1, -1)
    this.#owner = Buffer.from(members && `,${members}`)
    this.#template = toRecordFromJson('device_metrics', target, '', toEventTime(0), { source, id: '' })
    const { headers } = this.#template
    this.#idAt = headers.findIndex(([name]) => name === 'ce_id')
    this.#timeAt = headers.findIndex(([name]) => name === 'ce_time')
  }

  /**
   * The record of a sample.
   * @param time of the sample, ms since the epoch
   */
  build({ metric, unit, instance, value, interval }: Sample, time: number): OutRecord {
    const eventTimeText = eventTimes.text(time)
    const out = workspace
    // Of a record that was not finished.
    out.clear()
    out.bytes(BEGIN)
    out.text(eventTimeText)
    out.bytes(this.#afterEventTime)
    out.bytes(beforeValues.get(metric)?.get(instance) ?? addBeforeValue(metric, instance))
    writeNumber(out, value)
    out.bytes(afterValues.get(unit) ?? addAfterValue(unit))
    if (this.#owner.length > 0) out.bytes(this.#owner)
    if (interval !== undefined) {
      out.bytes(INTERVAL)
      writeNumber(out, interval)
    }
    out.byte(CLOSE)
    const headers = this.#template.headers.slice()
    // Counted, where a hash of each would cost more than all else about it; an epoch is one stream's alone.
    headers[this.#idAt] = ['ce_id', `${this.#epoch}-m${++this.#sequence}`]
    headers[this.#timeAt] = ['ce_time', eventTimeText]
    return { key: this.#template.key, value: out.take(), timestamp: time, headers }
  }
}

function addBeforeValue(metric: string, instance: string): Buffer {
  if (remembered === CAPACITY) {
    beforeValues.clear()
    remembered = 0
  }
  remembered++
  const piece = Buffer.from(`"metric":${JSON.stringify(metric)},"instance":${JSON.stringify(instance)},"value":`)
  const instances = beforeValues.get(metric) ?? new Map<string, Buffer>()
  beforeValues.set(metric, instances.set(instance, piece))
  return piece
}

function addAfterValue(unit: string): Buffer {
  const piece = Buffer.from(`,"unit":${JSON.stringify(unit)},"collector":"gnmi"`)
  afterValues.set(unit, piece)
  return piece
}

/** A number as JSON has it. */
function writeNumber(out: ByteBuffer, value: number): void {
  if (value >= 0 && Number.isSafeInteger(value)) out.integer(value)
  else out.text(JSON.stringify(value))
}
