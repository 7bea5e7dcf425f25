import { isDeepStrictEqual } from 'node:util'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { EventLines } from '../../../../src/collectors/gnmi/event/event-lines.ts'
import { JoinedPaths } from '../../../../src/collectors/gnmi/event/joined-paths.ts'
import { TelemetryRecords } from '../../../../src/collectors/gnmi/event/telemetry-records.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import type { PathCache } from '../../../../src/collectors/gnmi/wire/path-cache.ts'
import { expectedOf, type Facts } from './expected.ts'
import { subscribeResponse } from './proto.ts'
import { canonicalOf, Refused } from './reference.ts'

const FACTS: Facts = { target: 'access-1', epoch: 3, receivedAt: Date.UTC(2026, 2, 31, 14, 2, 11, 263) }

/** How one message came out. */
export type Verdict =
  | { kind: 'equal' | 'both_refused' }
  /** proto-loader does not follow protobuf here, and ours does. */
  | { kind: 'departure'; why: string }
  | { kind: 'different'; ours: unknown; theirs: unknown }

/** Bytes that would be seen if they were read: fields of a SubscribeResponse. */
const OTHER = Buffer.from('18011801180118', 'hex')

/** Ours, from the bytes to the record's JSON, beside proto-loader's. */
export class Comparison {
  readonly #decoder: ResponseDecoder
  readonly #records = new TelemetryRecords({ target: FACTS.target, epoch: FACTS.epoch, source: '/gnmi/access-1' })

  readonly #lines = new EventLines({ tags: { source: 'access-1' }, paths: new JoinedPaths(1024) })
  readonly #out = new ByteBuffer()

  constructor(paths?: PathCache) {
    this.#decoder = new ResponseDecoder(paths ? { paths } : {})
  }

  /** What ours says of a message: the value of its record, or null when it refuses. */
  ours(bytes: Buffer): object | null {
    const response = this.#amongOthers(bytes)
    if (response instanceof Malformed) return null
    switch (response.kind) {
      case 'notification':
        return JSON.parse(String(this.#records.build(response, FACTS.receivedAt).record.value))
      case 'sync':
        return { sync: response.sync }
      case 'error':
        return { error: { code: response.errorCode, message: response.errorMessage } }
      case 'none':
        return {}
    }
  }

  /** Read where it stands among others, as messages come; and what it says must be the same as by itself. */
  #amongOthers(bytes: Buffer) {
    const response = this.#decoder.decode(Buffer.concat([OTHER, bytes, OTHER]), OTHER.length, OTHER.length + bytes.length)
    if (response instanceof Malformed) return this.#decoder.decode(bytes)
    if (!response.message.equals(bytes)) throw new Error('the response does not know its message')
    return response
  }

  theirs(bytes: Buffer): object | null {
    let message: object
    try {
      message = subscribeResponse.decode(bytes)
    } catch {
      return null
    }
    return expectedOf(message, FACTS)
  }

  verdict(bytes: Buffer): Verdict {
    const ours = this.ours(bytes)
    const theirs = this.theirs(bytes)
    if (ours === null && theirs === null) return { kind: 'both_refused' }
    if (ours !== null && theirs !== null && isDeepStrictEqual(ours, theirs)) return { kind: 'equal' }
    return this.#whoIsRight(bytes, ours, theirs)
  }

  /** Whether the event lines of a message are as many as its updates and deletes, and JSON. */
  hasWholeLines(bytes: Buffer): boolean {
    const response = this.#decoder.decode(bytes)
    if (response instanceof Malformed || response.kind !== 'notification') return true
    const { updateCount, deleteCount } = response
    this.#out.clear()
    this.#lines.write(this.#out, response)
    const lines = this.#out.view().toString().split('\n').slice(0, -1)
    return lines.length === updateCount + deleteCount && lines.every((line) => line.startsWith('{') && typeof JSON.parse(line) === 'object')
  }

  /** Whether ours is what protobuf says, by the second reader. */
  isRight(bytes: Buffer): boolean {
    const canonical = canonicalOf(bytes)
    if (canonical instanceof Refused) return this.ours(bytes) === null
    return isDeepStrictEqual(this.ours(bytes), this.theirs(canonical.bytes))
  }

  #whoIsRight(bytes: Buffer, ours: object | null, theirs: object | null): Verdict {
    const canonical = canonicalOf(bytes)
    if (canonical instanceof Refused) {
      return ours === null ? { kind: 'departure', why: `takes ${canonical.why}` } : { kind: 'different', ours, theirs }
    }
    if (canonical.oddities.size === 0 || !isDeepStrictEqual(ours, this.theirs(canonical.bytes))) return { kind: 'different', ours, theirs }
    return { kind: 'departure', why: `reads ${[...canonical.oddities].sort().join(', ')} otherwise` }
  }
}
