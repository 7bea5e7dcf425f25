import { isoTime } from '../../../base/instant.ts'
import { DLQ_HEADER_PREFIX } from '../../../events/dlq.ts'
import type { BusRecord, Headers } from '../../bus.ts'
import { memberSpan } from '../../envelope/members.ts'

/** What changes in a record on its way; everything else stays as it is, byte for byte. */
export interface RewriteOptions {
  /** Patterns of header names with `*`: when any are given, only these go along. */
  allow?: readonly string[]
  /** Patterns of header names that do not go along, allowed or not. */
  deny?: readonly string[]
  /** Take off what the dead-letter topic added. */
  redrive?: boolean
  /** The new time of a record, ms since the epoch; undefined keeps it. */
  time?: ((timestamp: number) => number) | undefined
}

export type Rewrite = (record: BusRecord) => BusRecord

/** The changes as one function. */
export function rewriter({ allow = [], deny = [], redrive = false, time }: RewriteOptions): Rewrite {
  const wanted = headerTest(allow, redrive ? [...deny, `${DLQ_HEADER_PREFIX}*`] : deny)
  return (record) => {
    const kept = { ...record, headers: record.headers.filter(([name]) => wanted(name)) }
    return time ? retimed(kept, time(record.timestamp)) : kept
  }
}

function headerTest(allow: readonly string[], deny: readonly string[]): (name: string) => boolean {
  const allowed = allow.map(globToRegExp)
  const denied = deny.map(globToRegExp)
  return (name) => (allowed.length === 0 || allowed.some((pattern) => pattern.test(name))) && !denied.some((pattern) => pattern.test(name))
}

/** `*` stands for any text, `?` for one character. */
function globToRegExp(glob: string): RegExp {
  const pattern = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${pattern}$`, 's')
}

/** An event says its time three times (docs/events.md): the record's timestamp, the ce_time header, event_time in the value. They go together. */
function retimed(record: BusRecord, timestamp: number): BusRecord {
  const text = isoTime(timestamp)
  const headers: Headers = record.headers.map(([name, value]) => [name, name === 'ce_time' ? Buffer.from(text) : value] as const)
  return { ...record, timestamp, headers, value: record.value && withEventTime(record.value, text) }
}

function withEventTime(value: Buffer, time: string): Buffer {
  if (!value.includes('"event_time"')) return value
  const json = value.toString()
  try {
    if (typeof JSON.parse(json).event_time !== 'string') return value
  } catch {
    return value
  }
  const span = memberSpan(json, 'event_time')
  return span ? Buffer.from(`${json.slice(0, span[0])}"${time}"${json.slice(span[1])}`) : value
}
