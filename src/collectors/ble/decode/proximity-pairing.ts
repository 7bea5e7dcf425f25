import { hex } from './hex.ts'
import { podPlaces } from './status-byte.ts'
import { StatusFrame } from './status-frame.ts'

/** Facts of a headset's status frame; a field that the model does not have is absent, a battery that it does not tell is null. */
export interface ProximityPairing {
  modelId: string
  model: string
  /** `generic`: the model id is not known, the frame was read like one of a pair of pods. */
  layout: 'dual' | 'single' | 'generic'
  status: string
  primary?: 'left' | 'right'
  leftBattery?: number | null
  rightBattery?: number | null
  caseBattery?: number | null
  battery?: number | null
  leftCharging?: boolean
  rightCharging?: boolean
  caseCharging?: boolean
  charging?: boolean
  leftInEar?: boolean
  rightInEar?: boolean
  worn?: boolean
  leftMic?: boolean
  rightMic?: boolean
  thisPodInCase?: boolean
  onePodInCase?: boolean
  bothPodsInCase?: boolean
  lid?: string
  lidRaw: string
  lidCounter?: number
  colorCode: number
  colorName: string
  /** The whole byte, and its name. */
  connState: string
  connStateName: string
  /** What the low nibble says: headphones and Beats keep flags in the high one. Less sure than connStateName where that is unknown. */
  audioState: string
  cloneHint: boolean
}

const scratch = new StatusFrame()

/** The value of a type-0x07 TLV as facts; null when it is no plain status frame. */
export function describeProximityPairing(value: Uint8Array): ProximityPairing | null {
  return scratch.read(value, 0, value.length) ? describeStatusFrame(scratch) : null
}

/** A filled frame as facts. */
export function describeStatusFrame(frame: StatusFrame): ProximityPairing {
  return {
    modelId: hex(frame.modelId, 4),
    model: frame.model.model,
    layout: frame.model.layout,
    status: hex(frame.status),
    ...(frame.model.layout === 'single' ? singleBattery(frame) : dualBattery(frame)),
    lidRaw: hex(frame.lidRaw),
    colorCode: frame.colorCode,
    colorName: frame.colorName,
    connState: hex(frame.connState),
    connStateName: frame.connStateName,
    audioState: frame.audioState,
    cloneHint: frame.cloneHint,
  }
}

/** A status byte alone as facts, for a source that kept no more. */
export function describeStatusByte(status: number): Pick<ProximityPairing, 'status'> & Partial<ProximityPairing> {
  return { status: hex(status), ...places(status) }
}

function places(status: number) {
  const { primary, leftInEar, rightInEar, leftMic, rightMic, thisPodInCase, onePodInCase, bothPodsInCase } = podPlaces(status)
  return { primary, leftInEar, rightInEar, leftMic, rightMic, thisPodInCase, onePodInCase, bothPodsInCase }
}

function dualBattery(frame: StatusFrame) {
  const { leftBattery, rightBattery, caseBattery, leftCharging, rightCharging, caseCharging, lid, lidCounter } = frame
  const batteries = { leftBattery, rightBattery, caseBattery, leftCharging, rightCharging, caseCharging }
  return { ...batteries, ...places(frame.status), lid, lidCounter }
}

function singleBattery({ battery, charging, worn }: StatusFrame) {
  return { battery, charging, ...(worn !== null && { worn }) }
}
