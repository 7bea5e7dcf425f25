const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)? ?(Z|[+-]\d\d:?\d\d)?$/i
const EPOCH = /^-?\d{1,19}(?:\.\d+)?$/

/**
 * A timestamp of a series in ms since 1970, undefined when the text is none: ISO 8601 with T or a space, UTC where no zone stands; or seconds,
 * milliseconds, microseconds or nanoseconds since 1970, told apart by their size.
 */
export function parseTimestamp(text: string): number | undefined {
  if (EPOCH.test(text)) {
    const number = Number(text)
    const size = Math.abs(number)
    if (size < 1e11) return number * 1_000
    if (size < 1e14) return number
    return size < 1e17 ? number / 1e3 : number / 1e6
  }
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date.UTC takes 30 February for 2 March.
  if (month < 1 || month > 12 || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return undefined
  return wall.getTime() + Number(`0.${match[7] ?? '0'}`) * 1_000 - offset(match[8])
}

function offset(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))]
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}
