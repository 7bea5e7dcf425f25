import { type Correlation, partialCorrelation } from './partial-correlation.ts'
import type { TeamHour, TeamHours } from './team-hours.ts'

export const MEASURES = ['calls', 'intensity'] as const
export type Measure = (typeof MEASURES)[number]

/** What must be said with every figure. */
export const ASSOCIATION_ONLY =
  'These are associations, not causes: a month-end brings both calls and cases, and a third thing may move both. They are about teams, and say nothing about any person.'

export interface RelateOptions {
  /** Fewer persons than these are not told of. */
  k: number
  /** Hours by which cases may follow calls, at most. */
  maxLag: number
  /** Hour of day and weekday are those of this IANA zone. */
  zone: string
}

export interface Relation extends Correlation {
  team: string
  measure: Measure
  /** Hours from the calls to the cases. */
  lag_h: number
  /** The interval, which allows for all lags that were tried, leaves out 0. */
  clear: boolean
}

export interface Relations {
  relations: Relation[]
  /** Teams with too few people, and teams with too few hours to tell. */
  withheld_teams: number
  short_teams: string[]
  k: number
  warning: string
}

/**
 * How calls and audio intensity of a team go with the cases it brings forward, at once and some hours later: hour of day, weekday and the number of
 * people present are taken out of both.
 */
export function relate(hours: TeamHours, { k, maxLag, zone }: RelateOptions): Relations {
  const { teams, withheld } = hours.result(k)
  const clock = localClock(zone)
  const z = normalQuantile(1 - 0.05 / 2 / (maxLag + 1))
  const relations: Relation[] = []
  const short: string[] = []
  for (const { team, hours } of teams) {
    const before = relations.length
    for (const measure of MEASURES) {
      for (let lag = 0; lag <= maxLag; lag++) {
        const found = partialCorrelation(paired(hours, measure, lag, clock), z)
        if (found) relations.push({ team, measure, lag_h: lag, ...found, clear: found.low > 0 || found.high < 0 })
      }
    }
    if (relations.length === before) short.push(team)
  }
  return { relations, withheld_teams: withheld, short_teams: short, k, warning: ASSOCIATION_ONLY }
}

type LocalClock = (hour: number) => readonly [hourOfDay: number, weekday: number]

/** What was measured in an hour with the cases of `lag` hours later, controls as of the later hour. */
function paired(hours: readonly TeamHour[], measure: Measure, lag: number, clock: LocalClock) {
  const byHour = new Map(hours.map((each) => [each.hour, each]))
  return hours.flatMap((earlier) => {
    const later = byHour.get(earlier.hour + lag)
    return later ? [{ x: earlier[measure], y: later.advanced, groups: clock(later.hour), covariate: later.people }] : []
  })
}

/** Hour of day and weekday of an hour since the epoch. */
function localClock(zone: string): LocalClock {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', hour: 'numeric', weekday: 'short' })
  return (hour) => {
    const parts = format.formatToParts(hour * 3_600_000)
    const part = (type: string) => parts.find((each) => each.type === type)?.value ?? ''
    return [Number(part('hour')), WEEKDAYS.indexOf(part('weekday'))]
  }
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** The quantile of the normal distribution by bisection of its distribution function (Abramowitz, Stegun 7.1.26; error below 2e-7). */
export function normalQuantile(p: number): number {
  let [low, high] = [-10, 10]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function normalCdf(x: number): number {
  const t = 1 / (1 + 0.3275911 * (Math.abs(x) / Math.SQRT2))
  const erf = 1 - ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp((-x * x) / 2)
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2
}
