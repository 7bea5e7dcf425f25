/**
 * Times as the API writes them: a timestamp of the database in the server's zone and without it, and UTC for a model.
 * Offsets are looked up per quarter of an hour and kept: the zones' changes fall on those.
 */
export class LocalTime {
  readonly zone: string
  readonly #format: Intl.DateTimeFormat
  readonly #offsets = new Map<number, number>()

  /** @param zone of the tz database: `Europe/Berlin` */
  constructor(zone: string) {
    this.zone = zone
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  }

  /** `2026-11-23 23:21:27`. @param instant ms since the epoch */
  local(instant: number): string {
    return new Date(instant + this.offset(instant)).toISOString().slice(0, 19).replace('T', ' ')
  }

  /** `2026-11-23T23:21:27.000000Z`. @param instant ms since the epoch */
  iso(instant: number): string {
    return `${new Date(instant).toISOString().slice(0, 19)}.000000Z`
  }

  /** ms since the epoch of a local time; of two in autumn the first, of none in spring the one after. */
  instant(local: string): number {
    const wall = Date.parse(`${local.trim().replace(' ', 'T').slice(0, 19)}Z`)
    const first = wall - this.offset(wall - this.offset(wall))
    const earlier = wall - this.offset(first - 7_200_000)
    return this.offset(earlier) === wall - earlier ? Math.min(first, earlier) : first
  }

  /** ms that the zone is ahead of UTC at that instant. */
  offset(instant: number): number {
    const quarter = Math.floor(instant / 900_000)
    const known = this.#offsets.get(quarter)
    if (known !== undefined) return known
    const name = this.#format.formatToParts(quarter * 900_000).find(({ type }) => type === 'timeZoneName')?.value ?? ''
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? []
    const offset = hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
    this.#offsets.set(quarter, offset)
    return offset
  }
}
