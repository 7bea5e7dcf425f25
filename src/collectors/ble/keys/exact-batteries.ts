import type { StatusFrame } from '../decode/status-frame.ts'
import { type ExactBattery, readExactBattery, type StatusCipher } from './status-cipher.ts'

/** Where each battery is in the plain block; the other bytes have no known meaning and differ from frame to frame. */
const PRIMARY = 1
const SECONDARY = 2
const CASE = 3

/** Batteries to one percent, of a frame whose sender holds the ENC key. Fields as in the frame; null is unknown. */
export interface ExactBatteries {
  leftBattery?: number | null
  rightBattery?: number | null
  caseBattery?: number | null
  battery?: number | null
  leftCharging?: boolean
  rightCharging?: boolean
  caseCharging?: boolean
  charging?: boolean
}

/**
 * The exact batteries of the frame that was read from `data`, or null when it does not decrypt to sense: every level 0–100 or unknown,
 * and each in the tenth that the frame says in the clear. (That byte 0 or 4 marks a right key, as is sometimes read, is contradicted by
 * captures.) Two pods agree by chance once in 160 blocks, so a result also authenticates, together with a resolved address.
 */
export function exactBatteries(cipher: StatusCipher, data: Uint8Array, frame: StatusFrame): ExactBatteries | null {
  if (frame.encryptedAt < 0) return null
  const plain = cipher.decrypt(data, frame.encryptedAt)
  const [primary, secondary, inCase] = [PRIMARY, SECONDARY, CASE].map((at) => readExactBattery(plain[at] as number))
  if (frame.model.layout === 'single') return primary ? ofHeadphones(primary, frame) : null
  return primary && secondary && inCase ? ofPods(primary, secondary, inCase, frame) : null
}

function ofPods(primary: ExactBattery, secondary: ExactBattery, inCase: ExactBattery, frame: StatusFrame): ExactBatteries | null {
  const left = frame.places.flipped ? secondary : primary
  const right = frame.places.flipped ? primary : secondary
  const pairs = [agreement(left, frame.leftBattery), agreement(right, frame.rightBattery), agreement(inCase, frame.caseBattery)]
  // Where one side is silent nothing contradicts; but then something else must speak for the key.
  if (pairs.includes('contradicts') || !pairs.includes('agrees')) return null
  return {
    leftBattery: left.percent,
    rightBattery: right.percent,
    caseBattery: inCase.percent,
    leftCharging: left.charging,
    rightCharging: right.charging,
    caseCharging: inCase.charging,
  }
}

function ofHeadphones(battery: ExactBattery, frame: StatusFrame): ExactBatteries | null {
  if (agreement(battery, frame.battery) !== 'agrees') return null
  return { battery: battery.percent, charging: battery.charging }
}

/** The frame's own number is the exact one's tenth, rounded down. */
function agreement({ percent }: ExactBattery, coarse: number | null): 'agrees' | 'contradicts' | 'silent' {
  if (percent === null || coarse === null) return 'silent'
  return Math.floor(percent / 10) === coarse / 10 ? 'agrees' : 'contradicts'
}
