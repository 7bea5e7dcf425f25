import { type Labels, type Matcher, matches, parseAllMatchers } from '../../base/matchers.ts'

type Value = Record<string, unknown>

interface Read {
  readonly matchers: readonly Matcher[]
  readonly from: number
  readonly until: number
}

const read = new WeakMap<Value, Read | null>()

/**
 * Whether one of the silences (records of `alert_silences`) lasts and fits: the alert's own record says so only when it is next written.
 * @param now ms, of the clock that the records are of
 */
export function isSilenced(silences: Iterable<Value>, labels: Labels, now: number): boolean {
  for (const silence of silences) {
    let found = read.get(silence)
    if (found === undefined) {
      found = readSilence(silence)
      read.set(silence, found)
    }
    if (found && now >= found.from && now < found.until && matches(found.matchers, labels)) return true
  }
  return false
}

/** Null where it cannot be read: it silences nothing. */
function readSilence({ matchers, starts_at, ends_at }: Value): Read | null {
  try {
    return { matchers: parseAllMatchers(matchers as string[]), from: Date.parse(String(starts_at)), until: Date.parse(String(ends_at)) }
  } catch {
    return null
  }
}
