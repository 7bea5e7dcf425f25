import type { Incident } from './incidents.ts'
import { random } from './random.ts'
import type { Roster } from './roster.ts'

/** A call, in ms since the office opened; the phone rings for {@link RINGING} before `from`. */
export interface Call {
  from: number
  to: number
}

export const RINGING = 10_000
/** After the end the headset says "hanging up" for a moment. */
export const HANGING_UP = 5_000

const MINUTE = 60_000

/** Everybody's calls of the day, by seed: in order, with pauses, and one across each incident that needs a call to hit. */
export function calls(seed: number, office: Roster, incidents: readonly Incident[], day: number): Map<string, Call[]> {
  const diary = new Map<string, Call[]>()
  for (const { person } of office.desks) {
    const dice = random(seed, `calls/${person}`)
    const fixed = incidents.filter((i) => i.person === person).map((i) => ({ from: i.from - MINUTE, to: i.to }))
    const own: Call[] = []
    for (let time = dice.between(0.5, 6) * MINUTE; time < day; ) {
      const to = time + dice.between(2, 7) * MINUTE
      own.push({ from: Math.round(time), to: Math.round(to) })
      time = to + dice.between(3, 12) * MINUTE
    }
    const free = own.filter((call) => fixed.every((f) => call.to + MINUTE < f.from || call.from > f.to + MINUTE))
    diary.set(person, merge([...free, ...fixed]))
  }
  return diary
}

/** In order of time; incidents that follow closely on one person are one long call. */
function merge(list: Call[]): Call[] {
  const result: Call[] = []
  for (const call of list.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && call.from <= last.to + MINUTE) last.to = Math.max(last.to, call.to)
    else result.push({ ...call })
  }
  return result
}

/** `idle`, or what the call at `time` makes of the headset's connection state. */
export function callState(list: readonly Call[], time: number): 'idle' | 'ringing' | 'call' | 'hanging_up' {
  for (const call of list) {
    if (time < call.from - RINGING) return 'idle'
    if (time < call.from) return 'ringing'
    if (time < call.to) return 'call'
    if (time < call.to + HANGING_UP) return 'hanging_up'
  }
  return 'idle'
}
