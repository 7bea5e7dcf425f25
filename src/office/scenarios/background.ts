import { type Random, random } from '../random.ts'
import { type Desk, type Roster, roster } from '../roster.ts'
import { MINUTE, OPENED_AT, type ScenarioRecord } from './scenario.ts'

/** A device of the network under the office. */
export interface Box {
  target: string
  role: 'switch' | 'access-point'
  site: string
}

/** What is not as on an ordinary morning. Times are minutes since the opening; undefined: as ordinary. */
export interface Unusual {
  inCall?: (desk: Desk, minute: number) => boolean | undefined
  /** Percent, or null for a headset that is not heard. */
  battery?: (desk: Desk, minute: number) => number | null | undefined
  cpu?: (desk: Desk, minute: number) => number | undefined
  loss?: (box: Box, minute: number) => number | undefined
  utilisation?: (box: Box, minute: number) => number | undefined
  up?: (box: Box, minute: number) => boolean | undefined
  /** Seconds. */
  uptime?: (box: Box, minute: number) => number | undefined
  silent?: (box: Box, minute: number) => boolean
  /** Ordinary finance work of these teams only. */
  teams?: readonly string[]
}

const ENDS: Readonly<Record<string, readonly string[]>> = {
  payables: ['register invoice', 'approve invoice', 'pay invoice'],
  receivables: ['request credit note', 'review request', 'approve request'],
  ledger: ['prepare reconciliation', 'review reconciliation', 'sign off'],
}
const PROCESS: Readonly<Record<string, string>> = { payables: 'invoice', receivables: 'approval', ledger: 'close_task' }
/** Ordinary calls last so long, min, and take so much of the time. */
const CALL = 4
const CALLING = 0.25
/** A case begins so often in each team, min, and its three steps take two each. */
const CASE_EVERY = 6

/** Floor 1 has two access points besides its switch. */
export const BOXES: readonly Box[] = [
  { target: 'core-1', role: 'switch', site: 'core' },
  { target: 'access-1', role: 'switch', site: 'floor-1' },
  { target: 'access-2', role: 'switch', site: 'floor-2' },
  { target: 'ap-1-1', role: 'access-point', site: 'floor-1' },
  { target: 'ap-1-2', role: 'access-point', site: 'floor-1' },
]

export const siteOf = ({ switch: access }: Desk): string => `floor-${access.slice('access-'.length)}`

/**
 * What the collectors would have written of an ordinary morning, and of what is unusual: metrics and audio each `step` seconds, headsets and
 * slow metrics each minute, finance work. The same seed gives the same records.
 */
export class Background {
  readonly office: Roster
  readonly records: ScenarioRecord[] = []
  readonly #seed: number
  readonly #unusual: Unusual
  readonly #step: number

  constructor(seed: number, minutes: number, step: number, unusual: Unusual = {}) {
    this.office = roster(seed)
    this.#seed = seed
    this.#unusual = unusual
    this.#step = step
    const dice = random(seed, 'background')
    for (let second = 0; second <= minutes * 60; second += step) {
      const minute = second / 60
      for (const desk of this.office.desks) this.#desk(desk, minute, dice)
      for (const box of BOXES) if (!unusual.silent?.(box, minute)) this.#box(box, minute, dice)
    }
    for (const team of unusual.teams ?? Object.keys(ENDS)) this.#work(team, minutes)
  }

  /** One more record. @param minute since the opening */
  add(topic: ScenarioRecord['topic'], minute: number, value: Record<string, unknown>): void {
    const time = OPENED_AT + Math.round(minute * MINUTE)
    this.records.push({ topic, time, value: { event_time: new Date(time).toISOString(), ...value } })
  }

  metric(minute: number, target: string, metric: string, value: number, more: Record<string, unknown>): void {
    this.add('device_metrics', minute, { target, metric, instance: '', value, unit: 'ratio', collector: 'gnmi', ...more })
  }

  workflow(minute: number, value: Record<string, unknown>): void {
    this.add('workflow_events', minute, { lifecycle: 'completed', ...value })
  }

  #desk(desk: Desk, minute: number, dice: Random): void {
    const { person, team, laptop } = desk
    const device = `hs_${person}`
    const calling = this.#unusual.inCall?.(desk, minute) ?? this.#ordinaryCall(desk, minute)
    const battery = this.#unusual.battery?.(desk, minute)
    if (battery !== null) {
      const call_s = calling ? this.#step : 0
      const said = { device, kind: 'sample', basis: 'connection_state', confidence: 0.95, person, team, interval_s: this.#step, call_s }
      this.add('audio_metrics', minute, { ...said, audio_state: calling ? 'call' : 'idle' })
    }
    const cpu = this.#unusual.cpu?.(desk, minute) ?? dice.between(0.12, 0.6)
    const more = { role: 'laptop', person, team, site: siteOf(desk) }
    this.metric(minute, laptop, 'cpu_load', cpu, more)
    if (!Number.isInteger(minute)) return
    this.metric(minute, laptop, 'uptime', 90_000 + minute * 60, { ...more, unit: 's' })
    if (battery !== null) this.add('device_presence', minute, { device, kind: 'heartbeat', person, team, battery_pct: battery ?? 80 })
  }

  #box(box: Box, minute: number, dice: Random): void {
    const { target, role, site } = box
    const more = { role, site, instance: 'ethernet-1/49' }
    this.metric(minute, target, 'packet_loss', this.#unusual.loss?.(box, minute) ?? dice.between(0, 0.004), more)
    if (!Number.isInteger(minute)) return
    this.metric(minute, target, 'uptime', this.#unusual.uptime?.(box, minute) ?? 900_000 + minute * 60, { role, site, unit: 's' })
    this.metric(minute, target, 'if_oper_status', (this.#unusual.up?.(box, minute) ?? true) ? 1 : 0, { ...more, unit: 'state' })
    this.metric(minute, target, 'if_utilisation', this.#unusual.utilisation?.(box, minute) ?? dice.between(0.2, 0.4), more)
  }

  #ordinaryCall({ person }: Desk, minute: number): boolean {
    return random(this.#seed, `call/${person}/${Math.floor(minute / CALL)}`).next() < CALLING
  }

  #work(team: string, minutes: number): void {
    const process = PROCESS[team] ?? team
    for (let begun = 0, n = 1; begun + CASE_EVERY <= minutes; begun += CASE_EVERY, n++) {
      const case_due_at = new Date(OPENED_AT + (begun + 240) * MINUTE).toISOString()
      for (const [i, activity] of (ENDS[team] ?? []).entries()) {
        this.workflow(begun + 2 * (i + 1), { case_id: `${process}-${n}`, activity, process, team, case_due_at })
      }
    }
  }
}

/** Whether a minute lies in [from, to). */
export const within = (minute: number, from: number, to: number): boolean => minute >= from && minute < to
