import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'

/** Numbers about fewer people than this are numbers about persons (docs/privacy.md). */
export const DEFAULT_MIN_COUNT = 5

/** A headset that nothing was heard of for so long no longer counts, ms of event time. */
const FORGET_AFTER = 12 * 3_600_000
/** Calls are told over so long. */
const CALLS_OVER = 60 * 60_000
/** A charge that does not last through a meeting or two. */
const BATTERY_LOW_PCT = 20

/** One team now, in people: who has two headsets counts once. The numbers are null for a team with fewer enrolled people than the threshold. */
export interface TeamRow {
  team: string
  /** The threshold: fewer enrolled people than this, and nothing is told. */
  min_count: number
  /** Whose headset was heard within half a day. */
  enrolled: number | null
  present: number | null
  in_call: number | null
  /** Part of the team in a call. */
  in_call_ratio: number | null
  /** Time in calls over the last hour, all headsets together. */
  call_s_last_hour: number | null
  calls_begun_last_hour: number | null
  /** Mean audio intensity of those present, 0 to 1. */
  intensity: number | null
  /** Of the headsets that are present and say their charge: how many are at 20 % or less. Null where too few say it. */
  battery_low: number | null
}

interface Headset {
  team: string
  /** Its owner; where the record does not say, the headset stands for somebody. */
  person: string
  present: boolean
  audio: AudioMetrics['audio_state']
  intensity: number | null
  /** 0 to 100 */
  battery: number | null
  heard: number
  calls: Array<{ at: number; seconds: number; begun: number }>
}

interface Index {
  /** By team, and by person. */
  readonly people: Map<string, Set<string>>
  readonly teams: Map<string, Set<string>>
  /** Event time until which nobody is forgotten, ms. */
  until: number
}

/**
 * Teams as the finance channel sees them: presence and calls as counts, never a person. The input is the two topics about headsets; nothing of
 * a single one leaves here.
 */
export class Teams {
  readonly #minCount: number
  readonly #headsets = new Map<string, Headset>()
  #known: Index | undefined
  #newest = 0

  /** @param minCount the threshold, at least 2 */
  constructor(minCount = DEFAULT_MIN_COUNT) {
    this.#minCount = Math.max(2, minCount)
  }

  presence(value: DevicePresence, timestamp: number): void {
    if (value.kind === 'crowd' || value.team === undefined) return
    const headset = this.#of(value, value.team, timestamp)
    headset.present = value.kind !== 'left'
    headset.battery = value.battery_pct ?? headset.battery
    if (!headset.present) headset.audio = 'idle'
  }

  audio(value: AudioMetrics, timestamp: number): void {
    if (value.team === undefined) return
    const headset = this.#of(value, value.team, timestamp)
    headset.audio = value.audio_state
    if (value.kind !== 'sample') return
    headset.intensity = value.intensity ?? null
    headset.calls.push({ at: timestamp, seconds: value.call_s ?? 0, begun: value.calls_begun ?? 0 })
    while ((headset.calls[0]?.at ?? timestamp) <= timestamp - CALLS_OVER) headset.calls.shift()
  }

  #of({ device, person = device }: { device: string; person?: string | undefined }, team: string, timestamp: number): Headset {
    this.#newest = Math.max(this.#newest, timestamp)
    const known = this.#headsets.get(device)
    const headset = known ?? {
      team,
      person,
      present: true,
      audio: 'unknown' as const,
      intensity: null,
      battery: null,
      heard: timestamp,
      calls: [],
    }
    if (!known || known.team !== team || known.person !== person) this.#known = undefined
    headset.team = team
    headset.person = person
    headset.heard = Math.max(headset.heard, timestamp)
    this.#headsets.set(device, headset)
    return headset
  }

  /** Event time of the newest record, ms; 0 before the first. */
  get newest(): number {
    return this.#newest
  }

  /** The threshold. */
  get minCount(): number {
    return this.#minCount
  }

  /** Whether somebody of it has a headset that was heard lately. */
  isKnown(team: string): boolean {
    return this.#index().people.has(team)
  }

  /** Whether what is told of a team is not about persons. */
  isLarge(team: string): boolean {
    return (this.#index().people.get(team)?.size ?? 0) >= this.#minCount
  }

  /** The teams of a person; none for one who is not known. */
  ofPerson(person: string): Iterable<string> {
    return this.#index().teams.get(person) ?? []
  }

  /** Who belongs where: asked for with every alert, so it is made anew only when somebody came, moved or is forgotten. */
  #index(): Index {
    if (this.#known && this.#newest <= this.#known.until) return this.#known
    const index: Index = { people: new Map(), teams: new Map(), until: Number.POSITIVE_INFINITY }
    for (const { team, person, heard } of this.#lately()) {
      add(index.people, team, person)
      add(index.teams, person, team)
      index.until = Math.min(index.until, heard + FORGET_AFTER)
    }
    this.#known = index
    return index
  }

  /** Headsets that count, the others forgotten. */
  *#lately(): Iterable<Headset> {
    for (const [device, headset] of this.#headsets) {
      if (headset.heard < this.#newest - FORGET_AFTER) this.#headsets.delete(device)
      else yield headset
    }
  }

  /** Every team, by name. */
  rows(): TeamRow[] {
    const teams = new Map<string, Headset[]>()
    for (const headset of this.#lately()) {
      const known = teams.get(headset.team)
      if (known) known.push(headset)
      else teams.set(headset.team, [headset])
    }
    return [...teams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([team, headsets]) => this.#row(team, headsets))
  }

  #row(team: string, headsets: readonly Headset[]): TeamRow {
    const row = { team, min_count: this.#minCount }
    const people = ownersOf(headsets)
    if (people < this.#minCount) {
      const hidden = { enrolled: null, present: null, in_call: null, in_call_ratio: null }
      return { ...row, ...hidden, call_s_last_hour: null, calls_begun_last_hour: null, intensity: null, battery_low: null }
    }
    const present = headsets.filter((headset) => headset.present)
    const inCall = ownersOf(present.filter(({ audio }) => audio === 'call'))
    const heard = present.filter(({ intensity }) => intensity !== null)
    const charged = present.filter(({ battery }) => battery !== null)
    const calls = headsets.flatMap((headset) => headset.calls).filter(({ at }) => at > this.#newest - CALLS_OVER)
    return {
      ...row,
      enrolled: people,
      present: ownersOf(present),
      in_call: inCall,
      in_call_ratio: rounded(inCall / people),
      call_s_last_hour: rounded(calls.reduce((sum, { seconds }) => sum + seconds, 0)),
      calls_begun_last_hour: calls.reduce((sum, { begun }) => sum + begun, 0),
      intensity:
        ownersOf(heard) < this.#minCount ? null : rounded(heard.reduce((sum, { intensity }) => sum + (intensity ?? 0), 0) / heard.length),
      battery_low:
        ownersOf(charged) < this.#minCount ? null : ownersOf(charged.filter(({ battery }) => (battery ?? 100) <= BATTERY_LOW_PCT)),
    }
  }
}

const ownersOf = (headsets: readonly Headset[]): number => new Set(headsets.map(({ person }) => person)).size
const rounded = (value: number): number => Math.round(value * 1000) / 1000

function add(index: Map<string, Set<string>>, key: string, value: string): void {
  const known = index.get(key)
  if (known) known.add(value)
  else index.set(key, new Set([value]))
}
