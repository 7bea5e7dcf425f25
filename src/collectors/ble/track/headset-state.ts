import type { HeadsetFacts } from '../sighting.ts'
import { Debounced } from './debounce.ts'

type Field = keyof HeadsetFacts
type Value = HeadsetFacts[Field]

/** What was said stays said for so long after it was last repeated, ms: the pods take turns, and only one in the case knows the case. */
const RECALL = 60_000
/** The lid byte is worth nothing once no pod in the case repeats it (capod: 2 s). */
const RECALL_LID = 2_000

/** Fields that exact readings are better at. */
const BATTERIES: ReadonlySet<Field> = new Set<Field>(['battery_pct', 'left_battery_pct', 'right_battery_pct', 'case_battery_pct'])

interface Kept {
  state: Debounced<Value>
  saidAt: number
}

/** What is known of one headset, put together from the frames of both pods and the case, each field debounced. */
export class HeadsetState {
  readonly #fields = new Map<Field, Kept>()
  #exactAt = Number.NEGATIVE_INFINITY

  /** @param sure the frame is certainly this headset's @param exact its batteries are to one percent */
  read(facts: HeadsetFacts, time: number, sure: boolean, exact: boolean): void {
    if (exact) this.#exactAt = time
    const coarse = !exact && time - this.#exactAt < RECALL
    for (const [name, value] of Object.entries(facts) as Array<[Field, Value]>) {
      // A battery in tens would undo one that is known to the percent.
      if (coarse && BATTERIES.has(name)) continue
      this.#readField(name, isUnknown(name, value) ? null : value, time, sure)
    }
  }

  /** The facts that count now. `battery_pct` of pods is the weaker one in use. */
  facts(): HeadsetFacts {
    const facts: Record<string, Value> = {}
    for (const [name, { state }] of this.#fields) facts[name] = name === 'lid' ? (state.value ?? 'unknown') : state.value
    return this.#fields.has('left_battery_pct') ? { ...facts, battery_pct: weakerInUse(facts) } : facts
  }

  #readField(name: Field, value: Value, time: number, sure: boolean): void {
    const kept = this.#fields.get(name)
    if (!kept) {
      this.#fields.set(name, { state: new Debounced<Value>(value), saidAt: time })
      return
    }
    if (value === null && time - kept.saidAt < (name === 'lid' ? RECALL_LID : RECALL)) return
    if (value !== null) kept.saidAt = time
    // What was unknown until now contradicts nothing.
    kept.state.read(value, sure || kept.state.value === null)
  }
}

const isUnknown = (name: Field, value: Value) => value === undefined || (name === 'lid' && value === 'unknown')

function weakerInUse(facts: HeadsetFacts): number | null {
  const { left_battery_pct: left = null, right_battery_pct: right = null, left_in_ear, right_in_ear } = facts
  const worn = [...(left_in_ear ? [left] : []), ...(right_in_ear ? [right] : [])]
  const known = (worn.length > 0 ? worn : [left, right]).filter((percent) => percent !== null)
  return known.length > 0 ? Math.min(...known) : null
}

/** True when what is in use is being charged. */
export function isCharging({ charging, left_charging, right_charging }: HeadsetFacts): boolean {
  return Boolean(charging || left_charging || right_charging)
}
