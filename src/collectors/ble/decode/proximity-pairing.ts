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
  return frame.model.layout === 'single' ? describeSingle(frame) : describeDual(frame)
}

/** A status byte alone as facts, for a source that kept no more. */
export function describeStatusByte(status: number): Pick<ProximityPairing, 'status'> & Partial<ProximityPairing> {
  const { primary, leftInEar, rightInEar, leftMic, rightMic, thisPodInCase, onePodInCase, bothPodsInCase } = podPlaces(status)
  return { status: hex(status), primary, leftInEar, rightInEar, leftMic, rightMic, thisPodInCase, onePodInCase, bothPodsInCase }
}

/** One literal for each layout: composed of parts, it took three times as long. */
function describeDual(frame: StatusFrame): ProximityPairing {
  const { places } = frame
  return {
    modelId: hex(frame.modelId, 4),
    model: frame.model.model,
    layout: frame.model.layout,
    status: hex(frame.status),
    primary: places.primary,
    leftBattery: frame.leftBattery,
    rightBattery: frame.rightBattery,
    caseBattery: frame.caseBattery,
    leftCharging: frame.leftCharging,
    rightCharging: frame.rightCharging,
    caseCharging: frame.caseCharging,
    leftInEar: places.leftInEar,
    rightInEar: places.rightInEar,
    leftMic: places.leftMic,
    rightMic: places.rightMic,
    thisPodInCase: places.thisPodInCase,
    onePodInCase: places.onePodInCase,
    bothPodsInCase: places.bothPodsInCase,
    lid: frame.lid,
    lidRaw: hex(frame.lidRaw),
    lidCounter: frame.lidCounter,
    colorCode: frame.colorCode,
    colorName: frame.colorName,
    connState: hex(frame.connState),
    connStateName: frame.connStateName,
    audioState: frame.audioState,
    cloneHint: frame.cloneHint,
  }
}

function describeSingle(frame: StatusFrame): ProximityPairing {
  return {
    modelId: hex(frame.modelId, 4),
    model: frame.model.model,
    layout: frame.model.layout,
    status: hex(frame.status),
    battery: frame.battery,
    charging: frame.charging,
    ...(frame.worn !== null && { worn: frame.worn }),
    lidRaw: hex(frame.lidRaw),
    colorCode: frame.colorCode,
    colorName: frame.colorName,
    connState: hex(frame.connState),
    connStateName: frame.connStateName,
    audioState: frame.audioState,
    cloneHint: frame.cloneHint,
  }
}
