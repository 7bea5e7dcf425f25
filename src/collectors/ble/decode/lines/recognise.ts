import { openCaseFrame } from '../../keys/case-frame.ts'
import type { EnrolledHeadset, EnrolledHeadsets } from '../../keys/enrolled-headsets.ts'
import { exactBatteries } from '../../keys/exact-batteries.ts'
import type { Frame } from '../frames.ts'
import { StatusFrame } from '../status-frame.ts'
import { TlvCursor } from '../tlv.ts'
import type { Recognise, Recognised } from './describe-payload.ts'

/** Recognises enrolled headsets by the address that a line gives, and opens what their ENC key opens. `now`: ms since the epoch. */
export function recogniseWith(enrolled: EnrolledHeadsets, now: () => number): Recognise {
  return (address, data, frames) => {
    const headset = enrolled.identify(address, now())
    return headset ? withKeys(headset, data, frames) : frames
  }
}

/** The frames again, which are the TLVs of the data in order, with what the keys add. */
function withKeys(headset: EnrolledHeadset, data: Uint8Array, frames: Frame[]): Array<Frame & Recognised> {
  const cursor = new TlvCursor().reset(data, 2, data.length)
  return frames.map((frame): Frame & Recognised => {
    cursor.next()
    const opened = open(headset, data, frame, cursor)
    return Object.assign(frame, { headset: headset.alias }, opened, opened && { exact: true as const })
  })
}

function open({ cipher }: EnrolledHeadset, data: Uint8Array, { kind }: Frame, { offset, length }: TlvCursor) {
  if (!cipher) return null
  if (kind === 'encrypted_case_frame') return openCaseFrame(cipher, data, offset, length)
  const status = new StatusFrame()
  return kind === 'proximity_pairing' && status.read(data, offset, length) ? exactBatteries(cipher, data, status) : null
}
