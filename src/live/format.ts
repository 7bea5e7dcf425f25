const PREFIXES = ['', 'k', 'M', 'G', 'T'] as const

/** A value with its unit, short: 3.4 %, 812 Mbit/s, 12 min. */
export function amount(value: number | null | undefined, unit?: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  if (unit === 'ratio') return `${short(value * 100)} %`
  if (unit === '%' || unit === 'percent') return `${short(value)} %`
  if (unit === 's') return duration(value * 1000)
  if (unit === 'bit/s' || unit === 'By/s' || unit === 'By') {
    let [scaled, prefix] = [value, 0]
    while (Math.abs(scaled) >= 1000 && prefix < PREFIXES.length - 1) {
      scaled /= 1000
      prefix++
    }
    return `${short(scaled)} ${PREFIXES[prefix]}${unit}`
  }
  return unit === undefined || unit === '' || unit === '1' ? short(value) : `${short(value)} ${unit}`
}

/** Three digits or so. */
export function short(value: number): string {
  const size = Math.abs(value)
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 || size === 0 ? 2 : 4)))
}

export { plural } from '../base/plural.ts'

export function duration(ms: number): string {
  const s = ms / 1000
  if (s < 1) return `${Math.round(ms)} ms`
  if (s < 90) return `${Math.round(s)} s`
  if (s < 90 * 60) return `${Math.round(s / 60)} min`
  if (s < 36 * 3600) return `${short(Math.round(s / 360) / 10)} h`
  return `${short(Math.round(s / 8640) / 10)} d`
}

/** The time of day, and the day where it is another one than `now`'s. */
export function moment(at: number, now = at): string {
  const date = new Date(at)
  const time = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const same = new Date(now).toDateString() === date.toDateString()
  return same ? time : `${day} ${time}`
}

const pad = (n: number) => String(n).padStart(2, '0')

/** `call_quality_at_risk` as people read it. */
export const words = (name: string): string => name.replaceAll(/[_-]/g, ' ').replace(/^./, (first) => first.toUpperCase())

/** An argument of a POSIX shell. */
export const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
