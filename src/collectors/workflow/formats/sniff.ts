import { Decoder, encodingOf } from './encoding.ts'
import type { Format } from './options.ts'

const SQLITE = 'SQLite format 3\0'

/** What a log is, by its first bytes (unpacked); undefined for what none of the readers takes. */
export function sniff(head: Buffer): Format | undefined {
  if (head.toString('latin1', 0, SQLITE.length) === SQLITE) return 'ocel-sqlite'
  if (head.toString('latin1', 0, 4) === 'PK\u0003\u0004') return undefined
  const text = new Decoder(encodingOf(head)).write(head).trimStart()
  if (text.startsWith('<')) return xmlOf(text)
  if (text.startsWith('{') || text.startsWith('[')) return jsonOf(text)
  return text === '' || text.includes('\0') ? undefined : 'csv'
}

/** Both have the root `log`; OCEL has its types first. */
function xmlOf(text: string): Format | undefined {
  const body = text.replace(/<!--[\s\S]*?-->|<\?[\s\S]*?\?>/g, '')
  return /<(?:\w+:)?(?:object-types|event-types|objects|events)\b/.test(body) &&
    !/<(?:\w+:)?(?:trace|event)[\s>]/.test(body.split(/<(?:\w+:)?events\b/)[0] ?? '')
    ? 'ocel-xml'
    : 'xes'
}

/** OCEL 1.0 has a standard of its own, and other names for everything. */
export const isOldOcel = (head: Buffer): boolean =>
  /"ocel:(?:global-log|global-event|events|objects)"|<log[^>]*>\s*<global\s+scope="object"/.test(head.toString('latin1'))

/** One object a line is NDJSON; an object that goes on over the line, or names OCEL's parts, is OCEL. */
function jsonOf(text: string): Format | undefined {
  if (/"(?:objectTypes|eventTypes)"\s*:/.test(text)) return 'ocel-json'
  const first = text.slice(0, text.indexOf('\n') < 0 ? text.length : text.indexOf('\n')).trim()
  try {
    JSON.parse(first)
    return /^\{\s*"(?:events|objects)"\s*:\s*\[/.test(first) ? 'ocel-json' : 'ndjson'
  } catch {
    return /"(?:events|objects)"\s*:\s*\[/.test(text) ? 'ocel-json' : 'ndjson'
  }
}
