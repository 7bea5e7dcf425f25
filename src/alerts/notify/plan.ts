import { parseDuration } from '../../base/duration.ts'
import { type Matcher, matchersText, parseAllMatchers } from '../../base/matchers.ts'
import type { DispatchPlan, DispatchTarget } from './dispatch.ts'
import type { InhibitRule } from './inhibition.ts'
import type { Route } from './routing.ts'
import type { AlertSettings, InhibitSettings, IntervalSettings, ReceiverSettings, RouteSettings } from './settings.ts'
import { TARGET_KINDS } from './settings.ts'
import {
  type NumberRange,
  parseRange,
  parseTimeOfDay,
  type RangeKind,
  type TimeInterval,
  type TimeSpec,
  timeInterval,
} from './time-interval.ts'

export const DEFAULT_ROUTE = { groupBy: ['alertname'], groupWait: '30s', groupInterval: '5m', repeatInterval: '4h' } as const
export const DEFAULT_GIVE_UP = '1h'
/** More alerts than this in one notification are left out of it, and counted. */
export const DEFAULT_MAX_ALERTS = 100

/** What is wrong with settings that the schema takes: names that are not there. */
export interface SettingsProblem {
  /** From the section on. */
  keys: PropertyKey[]
  message: string
  suggestion?: string
}

/** Who is told what. @param settings without problems ({@link settingsProblems}) */
export function dispatchPlan(settings: AlertSettings): DispatchPlan {
  const { receivers = [], routes = [], route = {} } = settings
  const intervals = new Map((settings.timeIntervals ?? []).map((each) => [each.name, intervalOf(each)]))
  const defaults = { ...DEFAULT_ROUTE, receiver: receivers[0]?.name ?? '', ...said(route) }
  const made = routes.map(({ matchers, continue: goOn = false, ...own }) =>
    routeOf({ ...defaults, ...said(own) }, parseAllMatchers(matchers), goOn, intervals),
  )
  const all = [...made, routeOf(defaults, [], false, intervals)]
  return {
    routes: named(all),
    targets: receivers.flatMap(targetsOf),
    inhibit: (settings.inhibitRules ?? []).map(inhibitOf),
    giveUpAfter: ms(settings.giveUpAfter ?? DEFAULT_GIVE_UP),
  }
}

/** Names that are there twice or not at all, and everything else that only shows when the parts come together. */
export function settingsProblems(settings: AlertSettings): SettingsProblem[] {
  const { receivers = [], routes = [], route, timeIntervals = [] } = settings
  const problems: SettingsProblem[] = []
  const names = receivers.map(({ name }) => name)
  const intervals = timeIntervals.map(({ name }) => name)
  const known = (list: readonly string[], what: string, name: string | undefined, keys: PropertyKey[]) => {
    if (name === undefined || list.includes(name)) return
    problems.push({
      keys,
      message: `names "${name}", and there is no ${what} of that name`,
      ...(list.length > 0 && { suggestion: `there is ${list.join(', ')}` }),
    })
  }
  const twice = (list: readonly string[], section: string) => {
    for (const [i, name] of list.entries())
      if (list.indexOf(name) < i) problems.push({ keys: [section, i, 'name'], message: `"${name}" is there already` })
  }
  twice(names, 'receivers')
  twice(intervals, 'timeIntervals')
  const check = (each: RouteSettings, keys: PropertyKey[]) => {
    known(names, 'receiver', each.receiver, [...keys, 'receiver'])
    for (const [i, name] of (each.muteTimeIntervals ?? []).entries())
      known(intervals, 'time interval', name, [...keys, 'muteTimeIntervals', i])
    for (const [i, name] of (each.activeTimeIntervals ?? []).entries())
      known(intervals, 'time interval', name, [...keys, 'activeTimeIntervals', i])
    for (const [i, { receiver }] of (each.escalation ?? []).entries())
      known(names, 'receiver', receiver, [...keys, 'escalation', i, 'receiver'])
  }
  if (route) check(route, ['route'])
  for (const [i, each] of routes.entries()) check(each, ['routes', i])
  for (const [i, receiver] of receivers.entries())
    problems.push(...receiverProblems(receiver, ['receivers', i], settings.allowExec ?? false))
  return problems
}

function receiverProblems(receiver: ReceiverSettings, keys: PropertyKey[], allowExec: boolean): SettingsProblem[] {
  const problems: SettingsProblem[] = []
  for (const kind of ['webhook', 'slack', 'teams'] as const) {
    for (const [i, { url, urlFile, urlEnv }] of (receiver[kind] ?? []).entries()) {
      if ([url, urlFile, urlEnv].filter((each) => each !== undefined).length !== 1)
        problems.push({ keys: [...keys, kind, i], message: 'must have one of url, urlFile and urlEnv' })
    }
  }
  if (receiver.exec?.length && !allowExec)
    problems.push({
      keys: [...keys, 'exec'],
      message: 'would run programs, and that is off',
      suggestion: 'alerts.allowExec: true, in the same file',
    })
  if (TARGET_KINDS.every((kind) => (receiver[kind] ?? []).length === 0))
    problems.push({ keys, message: 'tells nobody', suggestion: `give it one of ${TARGET_KINDS.join(', ')}` })
  return problems
}

const said = <T extends object>(settings: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

type WholeRoute = RouteSettings & Required<Pick<RouteSettings, 'groupBy' | 'groupWait' | 'groupInterval' | 'repeatInterval' | 'receiver'>>

function routeOf(whole: object, matchers: readonly Matcher[], goOn: boolean, intervals: ReadonlyMap<string, TimeInterval>): Route {
  const route = whole as WholeRoute
  const named = (names: readonly string[] = []) => names.flatMap((name) => intervals.get(name) ?? [])
  return {
    ...{ id: matchersText(matchers), matchers, goOn, receiver: route.receiver ?? '', groupBy: route.groupBy ?? [] },
    ...{
      groupWait: ms(route.groupWait),
      groupInterval: Math.max(1_000, ms(route.groupInterval)),
      repeatInterval: ms(route.repeatInterval),
    },
    ...{ mute: named(route.muteTimeIntervals), active: named(route.activeTimeIntervals) },
    escalation: (route.escalation ?? []).map(({ after, receiver }) => ({ after: ms(after), receiver })),
  }
}

/** Two routes with the same matchers are told apart by number. */
function named(routes: readonly Route[]): Route[] {
  const seen = new Map<string, number>()
  return routes.map((route) => {
    const count = (seen.get(route.id) ?? 0) + 1
    seen.set(route.id, count)
    return count === 1 ? route : { ...route, id: `${route.id}~${count}` }
  })
}

function targetsOf(receiver: ReceiverSettings): DispatchTarget[] {
  const { name, sendResolved = true, maxAlerts = DEFAULT_MAX_ALERTS } = receiver
  return TARGET_KINDS.flatMap((kind) =>
    (receiver[kind] ?? []).map((_, i) => ({ id: `${name}/${kind}/${i}`, receiver: name, sendResolved, maxAlerts })),
  )
}

function inhibitOf({ sourceMatchers, targetMatchers, equal = [], topology = false }: InhibitSettings): InhibitRule {
  return { source: parseAllMatchers(sourceMatchers), target: parseAllMatchers(targetMatchers), equal, topology }
}

function intervalOf({ name, timeZone = 'UTC', entries }: IntervalSettings): TimeInterval {
  const specs = entries.map((entry): TimeSpec => {
    const ranges = (kind: RangeKind, texts: readonly string[] | undefined): NumberRange[] | undefined =>
      texts?.map((text) => parseRange(kind, text)).filter((range) => range !== undefined)
    const days = { weekdays: ranges('weekday', entry.weekdays), daysOfMonth: ranges('day', entry.daysOfMonth) }
    const rest = { months: ranges('month', entry.months), years: ranges('year', entry.years) }
    return said({ times: entry.times?.flatMap((text) => parseTimes(text) ?? []), ...days, ...rest }) as TimeSpec
  })
  return timeInterval(name, specs, timeZone)
}

/** `09:00-17:30`, `22:00-06:00`; undefined where it is none. */
export function parseTimes(text: string): { start: number; end: number } | undefined {
  const [start, end, more] = text.split('-').map((part) => parseTimeOfDay(part.trim()))
  return start === undefined || end === undefined || more !== undefined || start === end ? undefined : { start, end }
}

const ms = (text: string | undefined): number => parseDuration(text ?? '') ?? 0
