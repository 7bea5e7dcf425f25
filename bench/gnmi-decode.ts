/**
 * SubscribeResponses from their bytes to device_telemetry records, and to event lines, beside what one writes first: proto-loader with the
 * usual options, objects, JSON.stringify, written below; both must say the same before anything is measured. CPU time of one core. Goals:
 * >= 1 million updates/s decoded and recorded for uint20, and >= 5 x the baseline.
 */
import { deepStrictEqual } from 'node:assert'
import { ByteBuffer } from '../src/bus/envelope/byte-buffer.ts'
import { EventLines } from '../src/collectors/gnmi/event/event-lines.ts'
import { TelemetryRecords } from '../src/collectors/gnmi/event/telemetry-records.ts'
import { ResponseDecoder } from '../src/collectors/gnmi/wire/decoder.ts'
import { Malformed } from '../src/collectors/gnmi/wire/malformed.ts'
import type { SubscribeResponse } from '../src/collectors/gnmi/wire/response.ts'
import { toEventTime, toRecordFromJson } from '../src/events/index.ts'
import { usualCodec } from '../test/collectors/gnmi/support/proto.ts'

const short = process.argv.includes('--short')
const rounds = short ? 3 : 5
/** Updates per measurement. */
const UPDATES = short ? 40_000 : 100_000
/** Messages of each payload, an interface each, as a switch sends them in turn. */
const MESSAGES = 64

const codec = usualCodec()
const RECEIVED = Date.UTC(2026, 2, 31, 14, 2, 11, 263)
const STREAM = { target: 'access-1', epoch: 3, source: '/gnmi/access-1', subscription: 'counters', address: '10.0.4.11:57400' }

const LEAVES = [
  'octets',
  'pkts',
  'unicast-pkts',
  'multicast-pkts',
  'broadcast-pkts',
  'errors',
  'discards',
  'fcs-errors',
  'unknown-protos',
  'fragments',
]
const NAMES = ['in', 'out'].flatMap((direction) => LEAVES.map((leaf) => `${direction}-${leaf}`))
/** A third of them beyond 2^53. */
const counter = (message: number, leaf: number) =>
  String(leaf % 3 === 0 ? 2n ** 53n + 1n + BigInt(message * 977 + leaf) : BigInt(message * 1_000_003 + leaf * 7_919))

const elems = (message: number) => [
  { name: 'interfaces' },
  { name: 'interface', key: { name: `ethernet-1/${message}` } },
  { name: 'state' },
  { name: 'counters' },
]
const prefix = (message: number) => ({ target: 'access-1', origin: 'openconfig', elem: elems(message) })
const timestamp = (message: number) => String(1774965731250417113n + BigInt(message) * 10_000_000n)
const leaf = (name: string) => ({ elem: [{ name }] })

/** The payloads that were measured when the design was made. */
const PAYLOADS: Readonly<Record<string, (message: number) => object>> = {
  uint20: (m) => ({
    timestamp: timestamp(m),
    prefix: prefix(m),
    update: NAMES.map((name, i) => ({ path: leaf(name), val: { uint_val: counter(m, i) } })),
  }),
  uint20full: (m) => ({
    timestamp: timestamp(m),
    update: NAMES.map((name, i) => ({ path: { origin: 'openconfig', elem: [...elems(m), { name }] }, val: { uint_val: counter(m, i) } })),
  }),
  json20: (m) => ({
    timestamp: timestamp(m),
    prefix: prefix(m),
    update: NAMES.map((name, i) => ({ path: leaf(name), val: { json_ietf_val: Buffer.from(`"${counter(m, i)}"`) } })),
  }),
  jsonblob: (m) => ({
    timestamp: timestamp(m),
    prefix: { ...prefix(m), elem: elems(m).slice(0, 3) },
    update: [
      {
        path: leaf('counters'),
        val: { json_ietf_val: Buffer.from(JSON.stringify(Object.fromEntries(NAMES.map((name, i) => [name, counter(m, i)])))) },
      },
    ],
  }),
  uint1: (m) => ({ timestamp: timestamp(m), prefix: prefix(m), update: [{ path: leaf('in-octets'), val: { uint_val: counter(m, 0) } }] }),
}

interface Path {
  origin: string
  elem: Array<{ name: string; key: Record<string, string> }>
}
interface Decoded {
  update: {
    timestamp: string
    prefix: (Path & { target: string }) | null
    update: Array<{ path: Path; val: { value: string; uint_val: string; json_ietf_val: Buffer } }>
  }
}

const textOf = (path: Path) =>
  path.elem
    .map(
      ({ name, key }) =>
        `/${name}${Object.entries(key)
          .map(([k, v]) => `[${k}=${v}]`)
          .join('')}`,
    )
    .join('')
function keysOf(path: Path): Record<string, string> | undefined {
  const keys: Record<string, string> = {}
  let some = false
  for (const { name, key } of path.elem) {
    for (const k in key) {
      keys[`${name}_${k}`] = key[k] as string
      some = true
    }
  }
  return some ? keys : undefined
}
const exact = (digits: string) => (digits.length < 16 || Number.isSafeInteger(Number(digits)) ? Number(digits) : digits)

function plainRecord(bytes: Buffer, sequence: number) {
  const { update: notification } = codec.decode(bytes) as Decoded
  const { prefix } = notification
  const eventTime = toEventTime(Number(BigInt(notification.timestamp) / 1_000_000n))
  const keys = prefix && keysOf(prefix)
  const json = JSON.stringify({
    event_time: eventTime,
    target: STREAM.target,
    kind: 'notification',
    epoch: STREAM.epoch,
    received_at: toEventTime(RECEIVED),
    subscription: STREAM.subscription,
    address: STREAM.address,
    timestamp_ns: notification.timestamp,
    ...(prefix?.origin && { origin: prefix.origin }),
    ...(prefix && { prefix: textOf(prefix) }),
    ...(keys && { keys }),
    updates: notification.update.map(({ path, val }) => ({
      path: textOf(path),
      keys: keysOf(path),
      ...(path.origin && { origin: path.origin }),
      type: val.value === 'uint_val' ? 'uint' : 'json_ietf',
      value: val.value === 'uint_val' ? exact(val.uint_val) : JSON.parse(val.json_ietf_val.toString()),
    })),
  })
  return toRecordFromJson('device_telemetry', STREAM.target, json, eventTime, { source: STREAM.source, id: `3-${sequence}` })
}

function plainEvents(bytes: Buffer): string {
  const { update: notification } = codec.decode(bytes) as Decoded
  const { prefix, timestamp } = notification
  let lines = ''
  for (const { path, val } of notification.update) {
    const origin = prefix?.origin || path.origin
    const tags = { ...(prefix && keysOf(prefix)), ...keysOf(path), ...(prefix?.target && { target: prefix.target }) }
    const name = `${origin}:/${[...(prefix?.elem ?? []), ...path.elem].map((elem) => elem.name).join('/')}`
    const values: Record<string, unknown> = {}
    if (val.value === 'uint_val') values[name] = exact(val.uint_val)
    else {
      const value = JSON.parse(val.json_ietf_val.toString())
      if (typeof value === 'object') for (const key in value) values[`${name}/${key}`] = value[key]
      else values[name] = value
    }
    lines += `${JSON.stringify({ name: 'counters', timestamp, tags, values })}\n`
  }
  return lines
}

const decoder = new ResponseDecoder()
const records = new TelemetryRecords(STREAM)
const lines = new EventLines({ subscription: 'counters' })
const out = new ByteBuffer()

function decoded(bytes: Buffer): SubscribeResponse {
  const response = decoder.decode(bytes)
  if (response instanceof Malformed) throw new Error(response.message)
  return response
}

const ourRecord = (bytes: Buffer) => records.build(decoded(bytes), RECEIVED).record.value as Buffer

function ourEvents(bytes: Buffer): ByteBuffer {
  out.clear()
  lines.write(out, decoded(bytes))
  return out
}

/** What each does with a message, and how much came out. */
const WAYS = {
  record: [(bytes: Buffer) => ourRecord(bytes).length, (bytes: Buffer, i: number) => plainRecord(bytes, i).value?.length ?? 0],
  events: [(bytes: Buffer) => ourEvents(bytes).length, (bytes: Buffer) => plainEvents(bytes).length],
} as const

/** Updates per second of CPU time. */
function rate(messages: readonly Buffer[], updates: number, once: (bytes: Buffer, i: number) => number): number {
  const count = Math.ceil(UPDATES / updates)
  const before = process.cpuUsage()
  let length = 0
  for (let i = 0; i < count; i++) length += once(messages[i % MESSAGES] as Buffer, i)
  const { user, system } = process.cpuUsage(before)
  if (length === 0) throw new Error('nothing came out')
  return (count * updates * 1e6) / (user + system)
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

for (const [payload, make] of Object.entries(PAYLOADS)) {
  const messages = Array.from({ length: MESSAGES }, (_, i) => codec.encode({ update: make(i) }))
  const updates = decoded(messages[0] as Buffer).updateCount
  for (const bytes of messages) {
    deepStrictEqual(JSON.parse(String(ourRecord(bytes))), JSON.parse(plainRecord(bytes, 0).value ?? ''))
    deepStrictEqual(ourEvents(bytes).view().toString(), plainEvents(bytes))
  }
  for (const [what, [ours, theirs]] of Object.entries(WAYS)) {
    for (let warmUp = 0; warmUp < 3; warmUp++) {
      rate(messages, updates, ours)
      rate(messages, updates, theirs)
    }
    const results = Array.from({ length: rounds }, () => ({ ours: rate(messages, updates, ours), theirs: rate(messages, updates, theirs) }))
    console.log(
      JSON.stringify({
        name: `gnmi-decode-${what}`,
        payload,
        node: process.version,
        ratio: Number(median(results.map(({ ours, theirs }) => ours / theirs)).toFixed(1)),
        baseline: 'proto-loader, objects and JSON.stringify',
        updates_per_s: Math.round(median(results.map(({ ours }) => ours))),
        baseline_updates_per_s: Math.round(median(results.map(({ theirs }) => theirs))),
        message_bytes: messages[0]?.length,
      }),
    )
  }
}
