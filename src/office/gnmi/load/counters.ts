/** Shape of the load: OpenConfig interface counters, as a switch streams them. */
export interface PayloadOptions {
  /** uint64 in encoding PROTO, or bare JSON strings in JSON_IETF. */
  kind: 'uint' | 'json_ietf'
  /** Updates per notification, 1 to 50. */
  updates: number
  /** Interfaces, one notification each in turn; 64 by default. */
  interfaces?: number
  /** The common part of the paths in the notification's prefix (the default), or whole paths in each update. */
  prefix?: boolean
  /** Every value is {@link SEQUENCE_BASE} plus the number of the message on its stream, from 0. */
  sequence?: boolean
  /** Timestamps are the time of sending; else that of a fixed day. */
  timestamps?: boolean
}

/** Numbers of messages that a stream has for itself, where streams are numbered: up to 8,000,000 streams. */
export const STREAM_NUMBERS = 1_000_000_000

/** Sequence numbers start here: 16 digits, a varint of 8 bytes, exact in a double, and so for the next 8 x 10^15. */
export const SEQUENCE_BASE = 1_000_000_000_000_000

const MEASURES = [
  'octets',
  'pkts',
  'unicast-pkts',
  'multicast-pkts',
  'broadcast-pkts',
  'errors',
  'discards',
  'fcs-errors',
  'unknown-protos',
  'fragment-frames',
  'jabber-frames',
  'oversize-frames',
  'undersize-frames',
  'mac-control-frames',
  'mac-pause-frames',
  '8021q-frames',
  'crc-errors',
  'block-errors',
  'carrier-errors',
  'maxsize-exceeded',
  'frames-64-octets',
  'frames-65-127-octets',
  'frames-128-255-octets',
  'frames-256-511-octets',
  'frames-512-1023-octets',
]
const LEAVES = MEASURES.flatMap((measure) => [`in-${measure}`, `out-${measure}`])

/** Updates that a notification can have. */
export const MOST_UPDATES = LEAVES.length

/** 2026-03-31T14:02:11Z, as a time of its own for each interface; ns */
const timeOf = (index: number) => 1774965731250417113n + BigInt(index) * 10_000_000n

/** A third of them beyond 2^53. */
const counterOf = (index: number, leaf: number) =>
  leaf % 3 === 0 ? 2n ** 53n + 1n + BigInt(index * 977 + leaf) : BigInt(index * 1_000_003 + leaf * 7_919)

/** The SubscribeResponse about one interface, in the shape of the .proto file. `target` is what the subscriber called the device. */
export function countersOf(index: number, target: string | undefined, options: PayloadOptions): object {
  const elem = [
    { name: 'interfaces' },
    { name: 'interface', key: { name: `ethernet-1/${index + 1}` } },
    { name: 'state' },
    { name: 'counters' },
  ]
  const origin = 'openconfig'
  const withPrefix = options.prefix ?? true
  const prefix = { ...(target && { target }), ...(withPrefix && { origin, elem }) }
  const update = LEAVES.slice(0, options.updates).map((name, leaf) => {
    const number = options.sequence ? BigInt(SEQUENCE_BASE) : counterOf(index, leaf)
    return {
      path: withPrefix ? { elem: [{ name }] } : { origin, elem: [...elem, { name }] },
      val: options.kind === 'uint' ? { uint_val: `${number}` } : { json_ietf_val: Buffer.from(`"${number}"`) },
    }
  })
  return { update: { timestamp: `${timeOf(index)}`, ...(Object.keys(prefix).length > 0 && { prefix }), update } }
}
