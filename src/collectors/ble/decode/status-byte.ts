/**
 * The status byte of a proximity-pairing frame (offset 3): where the pods are. The rules are here once, as a function; the hot path looks
 * their results up in a table of 256. Agrees with furiousMAC's table of 18 states and two observations with ground truth (OpenPods #109).
 */

const BIT = { rightOrLeftEar: 0x02, bothInCase: 0x04, leftOrRightEar: 0x08, oneInCase: 0x10, primaryLeft: 0x20, thisInCase: 0x40 } as const

export interface PodPlaces {
  /** The pod that reports for both, and holds the low half of the battery byte. */
  readonly primary: 'left' | 'right'
  /** The right pod is primary: halves of the battery byte and the charging flags change sides. */
  readonly flipped: boolean
  /** The pod that sent this frame lies in the case. */
  readonly thisPodInCase: boolean
  readonly onePodInCase: boolean
  readonly bothPodsInCase: boolean
  readonly leftInEar: boolean
  readonly rightInEar: boolean
  /** The side whose microphone is in use. */
  readonly leftMic: boolean
  readonly rightMic: boolean
  /** What the lid byte is worth: it is fresh only from a pod in the case (capod #598), stale with one elsewhere, void without a case. */
  readonly lidByte: 'valid' | 'stale' | 'void'
}

function interpret(status: number): PodPlaces {
  const has = (mask: number) => (status & mask) !== 0
  const flipped = !has(BIT.primaryLeft)
  const thisPodInCase = has(BIT.thisInCase)
  // The ear bits are "mine" and "the other's"; a pod in the case reports from the other side.
  const crossed = flipped !== thisPodInCase
  const lidByte = thisPodInCase || has(BIT.bothInCase) ? 'valid' : has(BIT.oneInCase) ? 'stale' : 'void'
  return {
    primary: flipped ? 'right' : 'left',
    flipped,
    thisPodInCase,
    onePodInCase: has(BIT.oneInCase),
    bothPodsInCase: has(BIT.bothInCase),
    leftInEar: has(crossed ? BIT.leftOrRightEar : BIT.rightOrLeftEar),
    rightInEar: has(crossed ? BIT.rightOrLeftEar : BIT.leftOrRightEar),
    leftMic: !crossed,
    rightMic: crossed,
    lidByte,
  }
}

const TABLE: readonly PodPlaces[] = Array.from({ length: 256 }, (_, status) => Object.freeze(interpret(status)))

/** Where the pods are, by the status byte (0–255). */
export function podPlaces(status: number): PodPlaces {
  return TABLE[status] as PodPlaces
}
