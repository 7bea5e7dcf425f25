import { expect } from 'chai'
import fc from 'fast-check'
import { podPlaces } from '../../../../src/collectors/ble/decode/status-byte.ts'

/** furiousMAC's table of what the states look like, as left and right in ear. */
const IN_EAR: ReadonlyArray<[status: number, left: boolean, right: boolean]> = [
  [0x2b, true, true],
  [0x0b, true, true],
  [0x01, false, false],
  [0x21, false, false],
  [0x02, false, true],
  [0x22, true, false],
  [0x75, false, false],
  [0x55, false, false],
  [0x03, false, true],
  [0x23, true, false],
  [0x33, true, false],
  [0x53, true, false],
  [0x13, false, true],
  [0x73, false, true],
  [0x11, false, false],
  [0x71, false, false],
  [0x31, false, false],
  [0x51, false, false],
]

const anyStatus = fc.integer({ min: 0, max: 255 })

describe('the status byte', () => {
  for (const [status, left, right] of IN_EAR) {
    it(`0x${status.toString(16)}: left ${left ? 'in' : 'out'}, right ${right ? 'in' : 'out'}`, () => {
      expect(podPlaces(status)).to.include({ leftInEar: left, rightInEar: right })
    })
  }

  it('means the mirror image when the other pod is primary', () => {
    fc.assert(
      fc.property(anyStatus, (status) => {
        const one = podPlaces(status)
        const other = podPlaces(status ^ 0x20)
        expect([other.leftInEar, other.rightInEar, other.leftMic]).to.deep.equal([one.rightInEar, one.leftInEar, one.rightMic])
        expect(other.primary).not.to.equal(one.primary)
      }),
    )
  })

  it('is crossed back by the pod in the case: two flips are none', () => {
    fc.assert(
      fc.property(anyStatus, (status) => {
        const one = podPlaces(status)
        const other = podPlaces(status ^ 0x60)
        expect([other.leftInEar, other.rightInEar, other.leftMic]).to.deep.equal([one.leftInEar, one.rightInEar, one.leftMic])
      }),
    )
  })

  it('has one microphone, always', () => {
    fc.assert(fc.property(anyStatus, (status) => podPlaces(status).leftMic !== podPlaces(status).rightMic))
  })

  it('trusts the lid from a pod in the case only, knows it stale with a pod elsewhere, and void without a case', () => {
    expect(podPlaces(0x54).lidByte).to.equal('valid')
    expect(podPlaces(0x04).lidByte).to.equal('valid')
    expect(podPlaces(0x31).lidByte).to.equal('stale')
    expect(podPlaces(0x2b).lidByte).to.equal('void')
  })
})
