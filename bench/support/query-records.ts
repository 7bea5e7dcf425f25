/** Records as one text, a line each, and where each of them stands, without its newline. */
export interface SampleRecords {
  bytes: Buffer
  starts: Int32Array
  ends: Int32Array
}

const DEVICES = 2_000
/** Events per second of event time. */
export const RATE = 10_000
export const START = Date.UTC(2026, 2, 31, 14)
/** Bytes of a record with its newline. */
export const RECORD_BYTES = 262

/** A generator of its own, so that every run has the same records (xorshift32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

const METRICS = ['packet_loss', 'latency', 'if_in_bps', 'if_out_bps', 'cpu_load', 'temperature']
const NOTE = 'sampled on change, as agreed '.repeat(7)
const SITES = ['hq', 'berlin', 'vienna', 'zurich']

/**
 * Device metrics: 2,000 devices, 10,000 events per second, filled up to 262 bytes by the text of a note, as Flink's were that we compare with.
 * @param members all in the same order; two that may be missing; or in any order
 */
export function sampleRecords(count: number, members: Members = 'same'): SampleRecords {
  const make = recordMaker(members)
  const bytes = Buffer.alloc(count * RECORD_BYTES)
  const starts = new Int32Array(count)
  const ends = new Int32Array(count)
  let at = 0
  for (let i = 0; i < count; i++) {
    starts[i] = at
    ends[i] = at += bytes.write(make(i), at)
    bytes[at++] = 0x0a
  }
  return { bytes: bytes.subarray(0, at), starts, ends }
}

export type Members = 'same' | 'optional' | 'shuffled'

/** Makes the records of {@link sampleRecords} one by one, from the first on. @param keys devices */
export function recordMaker(members: Members = 'same', keys = DEVICES): (i: number) => string {
  const next = random(20_260_331)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T
  return (i) => {
    const record = {
      event_time: new Date(START + Math.floor((i * 1_000) / RATE)).toISOString(),
      target: `access-${String(Math.floor(next() * keys)).padStart(4, '0')}`,
      metric: pick(METRICS),
      instance: `ethernet-1/${1 + Math.floor(next() * 48)}`,
      value: Math.round(next() * 1e6) / 1e3,
      unit: 'ratio',
      collector: 'gnmi',
      site: pick(SITES),
      seq: i,
      ...(members === 'optional' && next() < 0.5 ? { role: 'switch' } : {}),
      ...(members === 'optional' && next() < 0.5 ? { interval_s: 10 } : {}),
      note: '',
    }
    const room = RECORD_BYTES - 1 - JSON.stringify(record).length
    const words = Math.floor(next() * 29)
    record.note = NOTE.slice(words, words + room)
    return JSON.stringify(members === 'shuffled' ? shuffled(record, next) : record)
  }
}

function shuffled(record: object, next: () => number): object {
  const order = Object.entries(record).map(([name, value]) => ({ name, value, at: next() }))
  return Object.fromEntries(order.sort((a, b) => a.at - b.at).map(({ name, value }) => [name, value]))
}
