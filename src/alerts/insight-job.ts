import type { EventRecord } from '../events/index.ts'
import type { Insight } from '../insights/insight.ts'
import type { Job, Output } from '../query/job.ts'
import { KeyedRule, type RuleRow, type RuleState } from '../query/keyed-rule.ts'
import type { Lookups } from '../query/rule.ts'
import type { StreamEvent } from '../query/stream-event.ts'
import { type AlertState, Lifecycle, type Transition } from './lifecycle.ts'
import { alertRecord, insightRecord, logRecord } from './records.ts'

interface JobState {
  rules: Record<string, RuleState>
  alerts: AlertState[]
}

/** The topics that {@link InsightJob} writes. */
export const INSIGHT_OUTPUTS = ['insights', 'alerts', 'alert_log'] as const

/** Insights at work: events in; rows, the state of every incident and its history out. */
export class InsightJob implements Job {
  readonly topics: readonly string[]
  readonly #insights: ReadonlyMap<string, Insight>
  readonly #rules: readonly KeyedRule[]
  readonly #lifecycle: Lifecycle

  /** @param state what {@link state} returned, or undefined to begin */
  constructor(insights: readonly Insight[], lookups: Lookups, state?: unknown) {
    const before = state as JobState | undefined
    this.topics = [...new Set(insights.flatMap(({ rule }) => Object.values(rule.inputs).map((input) => input.topic)))]
    this.#insights = new Map(insights.map((insight) => [insight.rule.name, insight]))
    this.#rules = insights.map(({ rule }) => new KeyedRule(rule, lookups, before?.rules[rule.name]))
    this.#lifecycle = new Lifecycle(new Map(insights.map(({ rule, alert }) => [rule.name, alert])), before?.alerts)
  }

  process(event: StreamEvent): Output[] {
    return this.#apply(this.#rules.flatMap((rule) => rule.process(event)))
  }

  advance(time: number): Output[] {
    const outputs = this.#apply(this.#rules.flatMap((rule) => rule.advance(time)))
    return [...outputs, ...this.#lifecycle.advance(time).flatMap((transition) => this.#outputs(transition))]
  }

  state(): JobState {
    return { rules: Object.fromEntries(this.#rules.map((rule) => [rule.rule.name, rule.state()])), alerts: this.#lifecycle.active() }
  }

  /** Rules are asked one after the other; their rows go on in order of time. */
  #apply(rows: RuleRow[]): Output[] {
    return rows
      .sort((a, b) => a.time - b.time)
      .flatMap((row) => {
        const insight = this.#insightOf(row.rule)
        const transitions = this.#lifecycle.process(row).flatMap((transition) => this.#outputs(transition))
        return [output('insights', insightRecord(insight, row)), ...transitions]
      })
  }

  #outputs(transition: Transition): Output[] {
    const insight = this.#insightOf(transition.alert.insight)
    return [output('alerts', alertRecord(insight, transition)), output('alert_log', logRecord(insight, transition))]
  }

  #insightOf(name: string): Insight {
    const insight = this.#insights.get(name)
    if (!insight) throw new RangeError(`no insight "${name}"`)
    return insight
  }
}

const output = (topic: (typeof INSIGHT_OUTPUTS)[number], record: EventRecord): Output => ({ topic, ...record })
