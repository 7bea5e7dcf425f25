import { audioState as byLowNibble } from './decode/connection-state.ts'
import { ANSWERED_CALL, ENDED_CALL } from './decode/nearby-action.ts'
import { CALL_ACTION } from './decode/nearby-info.ts'
import type { StatusFrame } from './decode/status-frame.ts'
import type { ExactBatteries } from './keys/exact-batteries.ts'
import type { AudioReading, HeadsetFacts } from './sighting.ts'

/** The facts of a status frame; `exact` batteries stand in for those that it says in the clear. */
export function factsOf(frame: StatusFrame, exact: ExactBatteries | null): HeadsetFacts {
  const common = { model: frame.model.name, model_id: frame.modelId.toString(16).padStart(4, '0') }
  if (frame.model.layout === 'single') {
    return { ...common, battery_pct: exact?.battery ?? frame.battery, charging: exact?.charging ?? frame.charging, worn: frame.worn }
  }
  const { leftInEar, rightInEar, bothPodsInCase } = frame.places
  return {
    ...common,
    left_battery_pct: exact?.leftBattery ?? frame.leftBattery,
    right_battery_pct: exact?.rightBattery ?? frame.rightBattery,
    case_battery_pct: exact?.caseBattery ?? frame.caseBattery,
    left_charging: exact?.leftCharging ?? frame.leftCharging,
    right_charging: exact?.rightCharging ?? frame.rightCharging,
    case_charging: exact?.caseCharging ?? frame.caseCharging,
    ...{ left_in_ear: leftInEar, right_in_ear: rightInEar, worn: leftInEar || rightInEar },
    in_case: bothPodsInCase,
    lid: frame.lid,
  }
}

/** Bits above the state that headphones and Beats use for something else. */
const FLAGS = 0xf0
/** Captures with ground truth; and captures that fit, without. */
const CONFIDENCE = { byte: 0.95, lowNibble: 0.6, answered: 0.7, ended: 0.7, phoneCall: 0.8, phoneSound: 0.3, phoneQuiet: 0.4 } as const

/** What a status frame says of sound, from its connection state byte. */
export function audioOfStatus(frame: StatusFrame): AudioReading {
  const said = byLowNibble(frame.connState)
  const whole = (frame.connState & FLAGS) === 0
  return {
    state: said === 'music' ? 'media' : said,
    basis: whole ? 'connection_state' : 'connection_state_low_nibble',
    confidence: said === 'unknown' ? 0 : whole ? CONFIDENCE.byte : CONFIDENCE.lowNibble,
    ...(frame.model.layout !== 'single' && { microphone: frame.places.leftMic ? ('left' as const) : ('right' as const) }),
  }
}

/** Nearby-info actions that mean sound, though nobody has seen them with ground truth (furiousMAC: "never observed"). */
const AUDIO_SCREEN_OFF = 0x5
const VIDEO = 0x9
/** Actions that say that the phone's owner is doing something else, or nothing. */
const QUIET: ReadonlySet<number> = new Set([0x3, 0x7, 0xa, 0xb])

/** What an enrolled phone says of sound, by its nearby-info action code; undefined where the code says nothing. */
export function audioOfNearbyInfo(action: number): AudioReading | undefined {
  const basis = 'nearby_info'
  if (action === CALL_ACTION) return { state: 'call', basis, confidence: CONFIDENCE.phoneCall }
  if (action === AUDIO_SCREEN_OFF || action === VIDEO) return { state: 'media', basis, confidence: CONFIDENCE.phoneSound }
  return QUIET.has(action) ? { state: 'idle', basis, confidence: CONFIDENCE.phoneQuiet } : undefined
}

/** The edge of a call by a nearby action; undefined for every other action. */
export function audioOfNearbyAction(action: number): AudioReading | undefined {
  const basis = 'nearby_action'
  if (action === ANSWERED_CALL) return { state: 'call', basis, confidence: CONFIDENCE.answered, edge: true }
  if (action === ENDED_CALL) return { state: 'hanging_up', basis, confidence: CONFIDENCE.ended, edge: true }
  return undefined
}
