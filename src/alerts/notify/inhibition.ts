import { type Matcher, matches } from '../../base/matchers.ts'
import type { Alert } from '../../events/event-types.ts'
import { placeOf, type Scope, type Topology } from './topology.ts'

/** While an alert that matches `source` fires, those that match `target` are not told: where the labels `equal` are the same, or by topology. */
export interface InhibitRule {
  readonly source: readonly Matcher[]
  readonly target: readonly Matcher[]
  readonly equal: readonly string[]
  /** By LibreNMS's topology: what hangs on the source's device or site, and the links into it. */
  readonly topology: boolean
}

/** What is hidden by what, for the alerts that fire now. */
export class Inhibition {
  readonly #rules: ReadonlyArray<{ rule: InhibitRule; sources: Map<string, Alert[]>; scopes: Array<{ source: Alert; scope: Scope }> }>
  readonly #topology: Topology

  /** @param firing all alerts that fire, silenced ones too: a silence hides a thing from people, it does not make it untrue */
  constructor(rules: readonly InhibitRule[], firing: readonly Alert[], topology: Topology) {
    this.#topology = topology
    this.#rules = rules.map((rule) => {
      const sources = new Map<string, Alert[]>()
      const scopes: Array<{ source: Alert; scope: Scope }> = []
      for (const source of firing) {
        if (!matches(rule.source, source.labels)) continue
        const key = equalKey(rule, source)
        sources.set(key, [...(sources.get(key) ?? []), source])
        if (rule.topology) scopes.push({ source, scope: topology.scope(placeOf(source.labels)) })
      }
      return { rule, sources, scopes }
    })
  }

  /** The fingerprints of the alerts that hide this one, sorted. */
  inhibiting(alert: Alert): string[] {
    const found = new Set<string>()
    for (const { rule, sources, scopes } of this.#rules) {
      if (sources.size === 0 || !matches(rule.target, alert.labels)) continue
      // As Alertmanager has it: what is source and target at once is not hidden by its like, or all of them would be gone.
      const both = matches(rule.source, alert.labels)
      const hides = (source: Alert) =>
        source.fingerprint !== alert.fingerprint && !(both && matches(rule.target, source.labels)) && found.add(source.fingerprint)
      if (!rule.topology) for (const source of sources.get(equalKey(rule, alert)) ?? []) hides(source)
      const place = placeOf(alert.labels)
      for (const { source, scope } of scopes) {
        if (equalKey(rule, source) === equalKey(rule, alert) && this.#topology.explains(scope, place)) hides(source)
      }
    }
    return [...found].sort()
  }
}

/** Labels that neither has are equal, as in Alertmanager. */
const equalKey = ({ equal }: InhibitRule, { labels }: Alert): string => JSON.stringify(equal.map((name) => labels[name] ?? ''))
