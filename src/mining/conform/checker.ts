import { toEventTime } from '../../events/index.ts'
import type { PlacedEvent } from '../placed-event.ts'
import { activityMatcher } from './activity-pattern.ts'
import type { CaseCheck, CheckedStep, OpenCheck } from './check.ts'
import { type Finding, type Severity, type Violation, witnessOf } from './finding.ts'
import { openCheckOf } from './open-check.ts'
import type { RuleSet } from './rule-schema.ts'
import { type ProfileCheckOptions, temporalProfileCheck } from './temporal-check.ts'
import type { TemporalProfile } from './temporal-profile.ts'
import { Timers } from './timers.ts'

interface CheckedRule {
  name: string
  kind: string
  severity: Severity
  process: string | undefined
  minAmount: number | undefined
  open: OpenCheck
}

interface CheckedCase {
  id: string
  process: string | null
  team: string | null
  last: number
  amount: number | undefined
  checks: Array<{ rule: CheckedRule; check: CaseCheck }>
  /** The instant for which a timer is set. */
  due: number | undefined
  ended: boolean
}

export interface CheckerOptions {
  /** Cases remembered at once; beyond, the one not heard of for longest is forgotten, what it waits for with it. */
  openCases: number
}

const DEFAULTS: CheckerOptions = { openCases: 200_000 }

/**
 * Checks events against rules and a temporal profile as they come; bounded memory. Events of a case come in their order. Time is handed in by
 * `advance`: what is late by then is told, in order of time.
 */
export class Checker {
  readonly #options: CheckerOptions
  readonly #rules: CheckedRule[]
  readonly #ends: (activity: string) => boolean
  readonly #cases = new Map<string, CheckedCase>()
  readonly #timers = new Timers()
  /** Events, completed steps, cases begun; cases that were forgotten to make room. */
  readonly totals = { events: 0, steps: 0, cases: 0, crowdedOut: 0 }

  constructor(
    { ends, rules }: RuleSet,
    options: Partial<CheckerOptions> = {},
    profile?: { profile: TemporalProfile; options: ProfileCheckOptions },
  ) {
    this.#options = { ...DEFAULTS, ...options }
    this.#ends = activityMatcher(ends)
    this.#rules = rules.map((rule) => {
      const { name, severity, process, min_amount: minAmount } = rule
      return { name, kind: rule.rule, severity, process, minAmount, open: openCheckOf(rule) }
    })
    if (!profile) return
    const open = temporalProfileCheck(profile.profile, profile.options)
    const named = { name: 'temporal_profile', kind: 'temporal_profile', severity: 'info' as const }
    this.#rules.push({ ...named, process: undefined, minAmount: undefined, open })
  }

  get openCases(): number {
    return this.#cases.size
  }

  /** What the event breaks. */
  observe(placed: PlacedEvent): Violation[] {
    const { event } = placed
    const time = Date.parse(event.event_time)
    this.totals.events++
    const found = this.#case(placed)
    found.last = Math.max(found.last, time)
    found.amount = event.amount ?? found.amount
    found.team = event.team ?? found.team
    const step: CheckedStep = { event, place: placed.place, time, amount: found.amount }
    const violations: Violation[] = []
    const completed = event.lifecycle === 'completed'
    if (completed) this.totals.steps++
    for (const { rule, check } of found.checks) {
      if (completed) this.#take(violations, found, rule, check.step(step))
      else check.note?.(step)
    }
    if (completed && this.#ends(event.activity)) this.#end(found, violations)
    else this.#setTimer(found)
    return violations
  }

  /** Whether anything may be late at `now`, ms since the epoch: what {@link advance} would look at. */
  isDue(now: number): boolean {
    return this.#timers.first(now) !== undefined
  }

  /** What is late at `now`, ms since the epoch. */
  advance(now: number): Violation[] {
    const violations: Violation[] = []
    for (let timer = this.#timers.next(now); timer; timer = this.#timers.next(now)) {
      const found = this.#cases.get(timer.id)
      if (!found || found.due !== timer.at) continue
      for (const { rule, check } of found.checks) {
        const due = check.due?.()
        if (due !== undefined && due < now) this.#take(violations, found, rule, check.overdue?.())
      }
      found.due = undefined
      this.#setTimer(found)
    }
    return violations
  }

  /** Every case that is open has ended: what it did not do, it will not do. */
  endAll(): Violation[] {
    const violations: Violation[] = []
    for (const found of [...this.#cases.values()]) this.#end(found, violations)
    return violations
  }

  #case({ event }: PlacedEvent): CheckedCase {
    const id = event.process === undefined ? event.case_id : `${event.process}\0${event.case_id}`
    let found = this.#cases.get(id)
    if (found) this.#cases.delete(id)
    else {
      this.totals.cases++
      const checks = this.#rules
        .filter(({ process }) => process === undefined || process === event.process)
        .map((rule) => ({ rule, check: rule.open() }))
      const { case_id, process = null, team = null } = event
      found = { id: case_id, process, team, last: Number.NEGATIVE_INFINITY, amount: undefined, checks, due: undefined, ended: false }
    }
    this.#cases.set(id, found)
    if (this.#cases.size > this.#options.openCases) {
      this.totals.crowdedOut++
      this.#cases.delete(this.#cases.keys().next().value as string)
    }
    return found
  }

  /** The case stays known, so that what comes after its end does not begin a new one; nothing is waited for any more. */
  #end(found: CheckedCase, violations: Violation[]): void {
    found.due = undefined
    if (found.ended) return
    found.ended = true
    for (const { rule, check } of found.checks) this.#take(violations, found, rule, check.end?.(found.last))
  }

  #setTimer(found: CheckedCase): void {
    if (found.ended) return
    let due: number | undefined
    for (const { check } of found.checks) {
      const at = check.due?.()
      if (at !== undefined && (due === undefined || at < due)) due = at
    }
    if (due === found.due) return
    found.due = due
    if (due !== undefined) this.#timers.add(due, found.process === null ? found.id : `${found.process}\0${found.id}`)
  }

  #take(violations: Violation[], of: CheckedCase, rule: CheckedRule, finding: Finding | undefined): void {
    if (!finding) return
    if (rule.minAmount !== undefined && (of.amount === undefined || of.amount < rule.minAmount)) return
    violations.push({
      rule: rule.name,
      kind: rule.kind,
      severity: rule.severity,
      case_id: of.id,
      process: of.process,
      team: finding.witnesses.at(-1)?.event.team ?? of.team,
      event_time: toEventTime(finding.time),
      summary: finding.summary,
      observed: finding.observed ?? null,
      expected_low: finding.expectedLow ?? null,
      expected_high: finding.expectedHigh ?? null,
      unit: finding.unit ?? null,
      score: finding.score ?? null,
      events: finding.witnesses.map(witnessOf),
    })
  }
}
