import { formatDuration } from '../base/duration.ts'
import { roundTo, roundToDigits } from '../base/round.ts'
import type { Value } from './insight.ts'

/** `{column}`, `{column%}`, `{column:format}`. */
export const PLACE = /\{(\w+)(%|:\w+)?\}/g

/** How a value may be shown, by what stands after its name. */
const FORMATS: Readonly<Record<string, (value: number) => string>> = {
  /** A ratio (0–1) in percent. */
  '%': (value) => `${roundTo(value * 100, 1)} %`,
  /** Seconds. */
  ':duration': (value) => formatDuration(value * 1000),
  /** Bits a second. */
  ':bps': (value) => `${roundToDigits(value / 1e6, 3)} Mbit/s`,
}

/** The columns that a template names, and formats that there are not. */
export function placesOf(template: string): { columns: string[]; unknown: string[] } {
  const places = [...template.matchAll(PLACE)]
  const unknown = places.flatMap(([all, , format]) => (format !== undefined && !(format in FORMATS) ? [all] : []))
  return { columns: places.map(([, name]) => name ?? ''), unknown }
}

/**
 * A template with the values of a row in it: `{loss}` is a column, `{loss%}` a ratio in percent, `{left_s:duration}` seconds as `12m 5s`,
 * `{in_bps:bps}` a rate. Numbers have four digits that count; NULL is `?`.
 */
export function fill(template: string, values: Readonly<Record<string, Value>>): string {
  return template.replace(PLACE, (_, name: string, format: string | undefined) => {
    const value = values[name]
    if (typeof value === 'number') {
      const shown = format === undefined ? undefined : FORMATS[format]
      return shown ? shown(value) : String(Number.isInteger(value) ? value : roundToDigits(value, 4))
    }
    return String(value ?? '?')
  })
}
