import { ShitopsError } from '../base/errors.ts'
import { INSTANT_FORMS, parseInstant } from '../base/instant.ts'

/** A place in a topic, before the topic is known. The grammar is rpk's (docs/cli.md, "Positions"). */
export type Position =
  | { kind: 'start' }
  | { kind: 'end' }
  | { kind: 'offset'; offset: number }
  /** That many records before the end, in each partition. */
  | { kind: 'last'; count: number }
  /** The first record at or after that time, ms since the epoch. */
  | { kind: 'time'; at: number }

/**
 * `start`, `end`, an offset `123`, `-N`, or a time after `@`. Rejects what is none of these with SHITOPS_E_POSITION.
 * @param now ms since the epoch, for `@15m`
 * @param flag the flag that held the text, for the message
 */
export function parsePosition(text: string, now: number, flag: string): Position {
  if (text === 'start' || text === 'end') return { kind: text }
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { kind: 'offset', offset: Number(text) }
  if (/^-\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { kind: 'last', count: -Number(text) }
  const at = text.startsWith('@') ? parseInstant(text.slice(1), now) : undefined
  if (at !== undefined) return { kind: 'time', at }
  throw notAPosition(text, now, flag)
}

function notAPosition(text: string, now: number, flag: string): ShitopsError {
  const forgotten = parseInstant(text, now) === undefined ? [] : [`--${flag} @${text}`]
  const why = text.startsWith('@')
    ? `"${text}" names no time; after @ comes ${INSTANT_FORMS}`
    : `"${text}" is not a position; it is start, end, an offset, -N (the last N), or a time after @`
  return new ShitopsError('SHITOPS_E_POSITION', `--${flag}: ${why}`, {
    suggestions: forgotten.length > 0 ? forgotten : [`--${flag} @15m`, `--${flag} -100`, `--${flag} start`],
  })
}
