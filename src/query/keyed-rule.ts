import { type Condition, keptOf, keyOf, type Lookups, matches, type Rule } from './rule.ts'
import type { RecordRef, StreamEvent } from './stream-event.ts'

/** A value that an input holds, when it was said and where: the evidence of a row. */
export interface Held extends RecordRef {
  input: string
  member: string
  /** ms since the epoch */
  time: number
  value: unknown
}

/** What a rule says about one key at one time. */
export interface RuleRow {
  rule: string
  key: string
  /** Event time, ms since the epoch. */
  time: number
  /** Whether the conditions hold. */
  holds: boolean
  /** Per input of a condition: the number of members that satisfy it, and the value nearest to trouble. */
  values: Record<string, number | string>
  /** The newest records behind it, at most one per member and {@link EVIDENCE} per input. */
  evidence: Held[]
}

const EVIDENCE = 3

interface KeyState {
  /** input → member → last value */
  held: Record<string, Record<string, Held>>
  holds: boolean
  /** Time of the last row. */
  rowAt: number
}

/** All that a rule remembers, as JSON. */
export interface RuleState {
  keys: Record<string, KeyState>
}

/**
 * One rule at work. Pure: events in order of event time go in, rows come out; the clock is in the data.
 * The same events give the same rows, whether or not the state went through JSON on the way.
 */
export class KeyedRule {
  readonly rule: Rule
  readonly #lookups: Lookups
  readonly #keys = new Map<string, KeyState>()
  /** Nothing expires before this: until then no key needs to be looked at. */
  #nextExpiry = Number.NEGATIVE_INFINITY

  constructor(rule: Rule, lookups: Lookups = {}, state?: RuleState) {
    this.rule = rule
    this.#lookups = lookups
    for (const [key, value] of Object.entries(state?.keys ?? {})) this.#keys.set(key, structuredClone(value))
  }

  state(): RuleState {
    return structuredClone({ keys: Object.fromEntries(this.#keys) })
  }

  /** @param event not earlier than the one before */
  process(event: StreamEvent): RuleRow[] {
    const rows = this.advance(event.time)
    for (const [name, input] of Object.entries(this.rule.inputs)) {
      if (input.topic !== event.topic || !matches(input.where, event.value)) continue
      const key = keyOf(input, event.value, this.#lookups)
      if (key === undefined) continue
      const member = input.member === undefined ? key : String(event.value[input.member] ?? key)
      const state = this.#stateOf(key)
      const members = state.held[name] ?? {}
      state.held[name] = members
      const value = keptOf(input, event.value)
      if (value === undefined || (input.until && matches(input.until, event.value))) delete members[member]
      else {
        const { topic, partition, offset, time } = event
        this.#nextExpiry = Math.min(this.#nextExpiry, time + input.ttl)
        members[member] = { input: name, member, time, value, topic, partition, offset }
      }
      rows.push(...this.#judge(key, state, event.time))
    }
    return rows
  }

  /**
   * Time passes without a record: what was not heard of for too long is forgotten, and its key judged as of the moment it expired,
   * so that it makes no difference how often this is called.
   */
  advance(time: number): RuleRow[] {
    const rows: RuleRow[] = []
    while (this.#nextExpiry <= time) {
      const expiry = this.#earliestExpiry()
      this.#nextExpiry = expiry
      if (expiry > time) break
      const expired = [...this.#keys].filter(([, state]) => this.#expire(state, expiry)).sort(([a], [b]) => (a < b ? -1 : 1))
      for (const [key, state] of expired) {
        rows.push(...this.#judge(key, state, expiry))
        if (!state.holds && isEmpty(state)) this.#keys.delete(key)
      }
    }
    return rows
  }

  #earliestExpiry(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { held } of this.#keys.values()) {
      for (const [name, members] of Object.entries(held)) {
        const ttl = this.rule.inputs[name]?.ttl ?? 0
        for (const { time } of Object.values(members)) earliest = Math.min(earliest, time + ttl)
      }
    }
    return earliest
  }

  #stateOf(key: string): KeyState {
    const state = this.#keys.get(key) ?? { held: {}, holds: false, rowAt: 0 }
    this.#keys.set(key, state)
    return state
  }

  #expire(state: KeyState, time: number): boolean {
    let changed = false
    for (const [name, members] of Object.entries(state.held)) {
      const ttl = this.rule.inputs[name]?.ttl ?? 0
      for (const [member, held] of Object.entries(members)) {
        if (held.time + ttl > time) continue
        delete members[member]
        changed = true
      }
    }
    return changed
  }

  #slot(time: number): number {
    return Math.floor(time / this.rule.every)
  }

  #judge(key: string, state: KeyState, time: number): RuleRow[] {
    const found = this.rule.when.map((condition) => satisfying(condition, state.held[condition.input] ?? {}))
    const holds = found.every((members) => members !== undefined)
    if (!holds && !state.holds) return []
    // By the grid of `every`, not by the row before: so rows do not depend on where a run began.
    if (holds && state.holds && this.#slot(time) === this.#slot(state.rowAt)) return []
    state.holds = holds
    state.rowAt = time
    const values: Record<string, number | string> = {}
    const evidence: Held[] = []
    for (const [i, condition] of this.rule.when.entries()) {
      const members = found[i] ?? Object.values(state.held[condition.input] ?? {})
      values[condition.input] = summary(condition, members)
      evidence.push(...members.sort((a, b) => b.time - a.time || (a.member < b.member ? -1 : 1)).slice(0, EVIDENCE))
    }
    return [{ rule: this.rule.name, key, time, holds, values, evidence: structuredClone(evidence) }]
  }
}

const isEmpty = ({ held }: KeyState) => Object.values(held).every((members) => Object.keys(members).length === 0)

/** The members by which a condition holds, or undefined when it does not. */
function satisfying(condition: Condition, members: Readonly<Record<string, Held>>): Held[] | undefined {
  const all = Object.values(members)
  if (condition.over === 'count') return compare(all.length, condition) ? all : undefined
  const some = all.filter(({ value }) => compare(value, condition))
  return some.length > 0 ? some : undefined
}

function compare(value: unknown, { op, than }: Condition): boolean {
  if (op === '==') return value === than
  if (typeof value !== 'number' || typeof than !== 'number') return false
  return op === '>=' ? value >= than : value <= than
}

/** The number that explains a condition: how many, or the value furthest over the line. */
function summary({ over, op }: Condition, members: readonly Held[]): number | string {
  const numbers = members.map(({ value }) => value).filter((value): value is number => typeof value === 'number')
  if (over === 'count' || numbers.length === 0) return members.length
  return op === '<=' ? Math.min(...numbers) : Math.max(...numbers)
}
