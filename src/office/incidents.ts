import { ShitopsError } from '../base/errors.ts'
import { random } from './random.ts'
import type { Desk, Roster } from './roster.ts'

export const INCIDENTS = ['link-loss', 'laptop-overload', 'battery-dying', 'month-end-backlog'] as const
export type IncidentKind = (typeof INCIDENTS)[number]

/** Something that goes wrong on purpose. Times in ms since the office opened; `from` included, `to` excluded. */
export interface Incident {
  kind: IncidentKind
  /** What it happens to: an access switch, a laptop, a person or a team. */
  subject: string
  from: number
  to: number
  /** The person whose call it hits (link-loss, battery-dying). */
  person?: string
}

const MINUTE = 60_000

/** How long each kind lasts: long enough that its alert may wait out noise, short enough to be over before the next begins. */
const LENGTH: Record<IncidentKind, number> = {
  'link-loss': 6 * MINUTE,
  'laptop-overload': 7 * MINUTE,
  'battery-dying': 8 * MINUTE,
  'month-end-backlog': 10 * MINUTE,
}
/** Between the beginnings of two incidents, when there is time for that; two of a kind need the time to recover. */
const SPACING = 13 * MINUTE
const RECOVERY = 10 * MINUTE
/** The office opens quietly, and closes when the last incident had time to be resolved. */
const QUIET_START = 4 * MINUTE
const QUIET_END = 8 * MINUTE

/** The shortest office day that holds one incident of any kind. */
export const SHORTEST_DAY = QUIET_START + LENGTH['month-end-backlog'] + QUIET_END

/**
 * Which incidents happen when, by seed: every kind once in each round, in random order, for as many rounds as the day holds.
 * In a day too short for one round in sequence they overlap, but never two of a kind.
 *
 * @param day length of the office day, ms; SHITOPS_E_USAGE when below {@link SHORTEST_DAY}
 */
export function schedule(seed: number, office: Roster, day: number, only?: IncidentKind): Incident[] {
  if (day < SHORTEST_DAY) {
    throw new ShitopsError('SHITOPS_E_USAGE', `${Math.floor(day / 1000)} s of office time are too short for an incident and its end`, {
      suggestions: [`--duration and --speed that multiply to at least ${SHORTEST_DAY / MINUTE} minutes, such as --duration 60s --speed 60`],
    })
  }
  const dice = random(seed, 'incidents')
  const kinds: readonly IncidentKind[] = only ? [only] : INCIDENTS
  const lastStart = day - QUIET_END - LENGTH['month-end-backlog']
  const wanted = only ? LENGTH[only] + RECOVERY : SPACING
  const inSequence = Math.floor((lastStart - QUIET_START) / wanted) + 1
  const count = Math.max(kinds.length, Math.floor(inSequence / kinds.length) * kinds.length)
  const spacing = count === 1 ? 0 : Math.min(wanted, (lastStart - QUIET_START) / (count - 1))

  // One order of desks for all kinds, each a step further on: incidents of a round meet different people.
  const order = dice.shuffle(office.desks)
  const decks = new Map(kinds.map((kind, i) => [kind, [...order.slice(2 * i), ...order.slice(0, 2 * i)]]))
  const incidents: Incident[] = []
  while (incidents.length < count) {
    for (const kind of dice.shuffle(kinds)) {
      const jitter = dice.between(0, Math.max(0, Math.min(MINUTE, spacing - LENGTH[kind])))
      const from = Math.round(QUIET_START + incidents.length * spacing + jitter)
      incidents.push({ kind, from, to: from + LENGTH[kind], ...subjectOf(kind, nextOf(decks.get(kind) ?? [])) })
    }
  }
  return incidents
}

/** Everybody has a turn before anybody has a second one. */
function nextOf(deck: Desk[]): Desk {
  const desk = deck.shift()
  if (!desk) throw new RangeError('an office without desks')
  deck.push(desk)
  return desk
}

function subjectOf(kind: IncidentKind, desk: Desk): { subject: string; person?: string } {
  switch (kind) {
    case 'link-loss':
      return { subject: desk.switch, person: desk.person }
    case 'laptop-overload':
      return { subject: desk.laptop }
    case 'battery-dying':
      return { subject: desk.person, person: desk.person }
    case 'month-end-backlog':
      return { subject: 'ledger' }
  }
}

/** The incident of a kind and subject that is on at `time`, if one is. */
export function during(incidents: readonly Incident[], kind: IncidentKind, subject: string, time: number): Incident | undefined {
  return incidents.find((i) => i.kind === kind && i.subject === subject && time >= i.from && time < i.to)
}
