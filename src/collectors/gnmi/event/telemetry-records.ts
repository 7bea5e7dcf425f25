import type { OutRecord } from '../../../bus/bus.ts'
import { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { HeaderTemplate } from '../../../bus/header-template.ts'
import { toEventTime, toRecordFromJson } from '../../../events/index.ts'
import { int64Text, splitUint64 } from '../wire/int64.ts'
import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import { KIND } from '../wire/value.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { EventTimes } from './event-times.ts'
import { writeDigits } from './numbers.ts'
import { TYPE_NAMES, writeTelemetryValue } from './telemetry-value.ts'
import type { ValueProblem } from './value-problem.ts'

/** What is the same for all records of one stream. */
export interface StreamFacts {
  /** The device by its configured name; the key of the records. */
  target: string
  /** Sync epoch: one more with every new stream to the target. */
  epoch: number
  /** CloudEvents source, `/gnmi/access-1`. */
  source: string
  subscription?: string
  /** HOST:PORT */
  address?: string
}

export interface TelemetryRecord {
  record: OutRecord
  /** Values that had to be written as text: the record is valid and has them, and the raw message should be kept as well. */
  problems: readonly ValueProblem[]
}

const NO_PROBLEMS: readonly ValueProblem[] = []

/** Where a path keeps its pieces: an update's by kind, then these. */
const DELETE = TYPE_NAMES.length
const PREFIX = DELETE + 1

const BEGIN = Buffer.from('{"event_time":"')
const QUOTE = 0x22
const CLOSE = 0x7d
const COMMA = 0x2c

/** Where every record is put together, and left: one for all streams, since a record is built in one go. */
const workspace = new ByteBuffer()
/** Of all streams too: those of one moment come together. */
const eventTimes = new EventTimes()
const receiptTimes = new EventTimes()

/**
 * The device_telemetry records of one stream, one for each notification. The JSON is put together from bytes: what belongs to a path was
 * written once and is copied, so a leaf costs its number. test/collectors/gnmi/event proves against the schema what no schema checks here.
 */
export class TelemetryRecords {
  readonly #facts: StreamFacts
  /** What stands between the three times of a record. */
  readonly #afterEventTime: Buffer
  readonly #afterReceivedAt: Buffer
  readonly #key: string
  /** As the vocabulary makes them; each record has its own id and time. */
  readonly #headers: HeaderTemplate
  #sequence = 0
  #prefixTarget = ''
  #prefixTargetPiece = ''

  constructor(facts: StreamFacts) {
    const { target, epoch, source, subscription, address } = facts
    this.#facts = facts
    const { key, headers } = toRecordFromJson('device_telemetry', target, '', toEventTime(0), { source, id: '' })
    this.#key = key
    this.#headers = new HeaderTemplate(headers, ['ce_id', 'ce_time'])
    this.#afterEventTime = Buffer.from(`","target":${JSON.stringify(target)},"kind":"notification","epoch":${epoch},"received_at":"`)
    const optional = { ...(subscription && { subscription }), ...(address && { address }) }
    const members = JSON.stringify(optional).slice(1, -1)
    this.#afterReceivedAt = Buffer.from(`"${members && `,${members}`},"timestamp_ns":"`)
  }

  /**
   * The record of a response whose kind is `notification`.
   * @param receivedAt ms since the epoch
   */
  build(response: SubscribeResponse, receivedAt: number): TelemetryRecord {
    const { timestampLo, timestampHi } = response
    const time = eventTime(timestampLo, timestampHi) ?? receivedAt
    const eventTimeText = eventTimes.text(time)
    const out = workspace
    // Of a record that was not finished.
    out.clear()
    out.bytes(BEGIN)
    out.text(eventTimeText)
    out.bytes(this.#afterEventTime)
    out.text(receiptTimes.text(receivedAt))
    out.bytes(this.#afterReceivedAt)
    if (timestampHi >= 0) writeDigits(out, timestampLo, timestampHi)
    else out.text(int64Text(timestampLo, timestampHi))
    out.byte(QUOTE)
    this.#writePrefix(out, response.prefix)
    if (response.atomic) out.text(',"atomic":true')
    if (response.deleteCount > 0) writeDeletes(out, response)
    const problems = flawedPaths(response)
    if (response.updateCount > 0) writeUpdates(out, response, problems)
    out.byte(CLOSE)
    return { record: this.#record(time, eventTimeText, out), problems: problems.length > 0 ? problems : NO_PROBLEMS }
  }

  #record(time: number, eventTimeText: string, out: ByteBuffer): OutRecord {
    const headers = this.#headers.fill([`${this.#facts.epoch}-${++this.#sequence}`, eventTimeText])
    return { key: this.#key, value: out.take(), timestamp: time, headers }
  }

  #writePrefix(out: ByteBuffer, prefix: WirePath): void {
    if (prefix.target !== this.#prefixTarget) {
      this.#prefixTarget = prefix.target
      const said = prefix.target !== '' && prefix.target !== this.#facts.target
      this.#prefixTargetPiece = said ? `,"prefix_target":${JSON.stringify(prefix.target)}` : ''
    }
    if (this.#prefixTargetPiece) out.text(this.#prefixTargetPiece)
    out.bytes(prefix.pieces[PREFIX] ?? keep(prefix, PREFIX, prefixPiece(prefix)))
  }
}

/** A notification's own time in ms, cut; undefined where it has none, or one before 1970. An int64 of ns ends in 2262. */
function eventTime(lo: number, hi: number): number | undefined {
  if (hi < 0 || (lo | hi) === 0) return undefined
  return splitUint64(lo, hi, { high: 0, low: 0 }).high
}

function prefixPiece({ origin, elems, text, tags }: WirePath): string {
  const parts = {
    ...(origin && { origin }),
    ...(elems.length > 0 && { prefix: text }),
    ...(tags.size > 0 && { keys: Object.fromEntries(tags) }),
  }
  const members = JSON.stringify(parts).slice(1, -1)
  return members && `,${members}`
}

function writeDeletes(out: ByteBuffer, { deletes, deleteCount }: SubscribeResponse): void {
  out.text(',"deletes":[')
  for (let i = 0; i < deleteCount; i++) {
    const path = deletes[i] as WirePath
    if (i > 0) out.byte(COMMA)
    out.bytes(path.pieces[DELETE] ?? keep(path, DELETE, `{${pathMembers(path)}}`))
  }
  out.byte(0x5d)
}

function writeUpdates(out: ByteBuffer, response: SubscribeResponse, problems: ValueProblem[]): void {
  const { updates, updateCount, prefix } = response
  out.text(',"updates":[')
  for (let i = 0; i < updateCount; i++) {
    const update = updates[i] as UpdateSlot
    const { path, kind, duplicates } = update
    if (i > 0) out.byte(COMMA)
    out.bytes(path.pieces[kind] ?? keep(path, kind, `{${pathMembers(path)},"type":"${TYPE_NAMES[kind]}","value":`))
    if (kind === KIND.UINT && update.hi === 0) out.integer(update.lo >>> 0)
    else {
      const code = writeTelemetryValue(out, update)
      if (code) problems.push({ code, path: prefix.text + path.text })
    }
    if (duplicates > 0) out.text(`,"duplicates":${duplicates}`)
    out.byte(CLOSE)
  }
  out.byte(0x5d)
}

/** `"path": …` with the path's keys and origin where it has them. */
function pathMembers({ text, tags, origin }: WirePath): string {
  const members = { path: text, ...(tags.size > 0 && { keys: Object.fromEntries(tags) }), ...(origin && { origin }) }
  return JSON.stringify(members).slice(1, -1)
}

function keep(path: WirePath, at: number, piece: string): Buffer {
  const bytes = Buffer.from(piece)
  path.pieces[at] = bytes
  return bytes
}

function flawedPaths({ prefix, updates, updateCount, deletes, deleteCount }: SubscribeResponse): ValueProblem[] {
  const problems: ValueProblem[] = []
  if (prefix.flawed) problems.push({ code: 'not_utf8', path: prefix.text })
  for (let i = 0; i < deleteCount; i++) {
    const path = deletes[i] as WirePath
    if (path.flawed) problems.push({ code: 'not_utf8', path: prefix.text + path.text })
  }
  for (let i = 0; i < updateCount; i++) {
    const { path } = updates[i] as UpdateSlot
    if (path.flawed) problems.push({ code: 'not_utf8', path: prefix.text + path.text })
  }
  return problems
}
