import { createHash } from 'node:crypto'
import { type Labels, type Matcher, matches } from '../../base/matchers.ts'
import type { TimeInterval } from './time-interval.ts'

/** Where alerts that match go, and how they are told; times in ms. */
export interface Route {
  /** Its matchers and receiver as text, unique: part of the identity of its groups. */
  readonly id: string
  readonly matchers: readonly Matcher[]
  readonly receiver: string
  /** Labels whose values make a group; `...` is every label: each alert is told alone. */
  readonly groupBy: readonly string[]
  /** How long a new group waits for more alerts before it is told. */
  readonly groupWait: number
  /** Changes of a group are told so often at most. */
  readonly groupInterval: number
  /** What still fires is told again after so long. */
  readonly repeatInterval: number
  /** Nothing is told within these, and only within those. */
  readonly mute: readonly TimeInterval[]
  readonly active: readonly TimeInterval[]
  /** The routes below are asked too. */
  readonly goOn: boolean
  /** Who else is told of what still fires and nobody acknowledged, so long after it was seen. */
  readonly escalation: readonly Escalation[]
}

export interface Escalation {
  readonly after: number
  readonly receiver: string
}

/** The routes of an alert: the first that matches, and those below it as long as each says so; the default, the last, matches everything. */
export function routesOf(routes: readonly Route[], labels: Labels): Route[] {
  const found: Route[] = []
  for (const route of routes) {
    if (!matches(route.matchers, labels)) continue
    // The default takes what nobody else takes.
    if (found.length > 0 && route === routes.at(-1)) break
    found.push(route)
    if (!route.goOn) break
  }
  return found
}

/** The labels that the alerts of a group have in common. */
export function groupLabels({ groupBy }: Pick<Route, 'groupBy'>, labels: Labels): Record<string, string> {
  const names = groupBy.includes('...') ? Object.keys(labels) : groupBy
  return Object.fromEntries([...names].sort().flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])))
}

/** Identity of a group: its route and the labels in common. @param step of an escalation; absent: the route itself */
export function groupId(route: string, common: Labels, step?: number): string {
  return createHash('sha256')
    .update(JSON.stringify([route, step ?? null, Object.entries(common).sort()]))
    .digest('hex')
    .slice(0, 16)
}

/** Silent by the clock on the wall: within a mute interval, or outside of every active one. */
export function isQuietTime({ mute, active }: Pick<Route, 'mute' | 'active'>, now: number): boolean {
  if (mute.some((interval) => interval.contains(now))) return true
  return active.length > 0 && !active.some((interval) => interval.contains(now))
}
