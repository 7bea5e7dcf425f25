import { expect } from 'chai'
import fc from 'fast-check'
import { describeStatusFrame } from '../../../../src/collectors/ble/decode/proximity-pairing.ts'
import { readStatus, readStatusFromPayload } from '../../../../src/collectors/ble/decode/read-status.ts'
import { StatusFrame } from '../../../../src/collectors/ble/decode/status-frame.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const status = (plain: string) => bytes(`4c00 0719 01 ${plain} 00112233445566778899aabbccddeeff`)

/** A frame of AirPods Pro with any plain bytes after the model id. */
const anyPlain = fc.uint8Array({ minLength: 6, maxLength: 6 })
const frameOf = (plain: Uint8Array) => Buffer.concat([bytes('4c00 0719 01 0e20'), plain, Buffer.alloc(16)])

describe('the hot path', () => {
  it('finds the status wherever it stands', () => {
    const frame = new StatusFrame()
    expect(
      readStatus(bytes('4c00 0c0e0000000000000000000000000000 0719 010e202b668f010005 00000000000000000000000000000000'), frame),
    ).to.equal(true)
    expect(frame.leftBattery).to.equal(60)
    expect(readStatusFromPayload(Buffer.concat([bytes('1eff'), status('0e20 2b 77 8f 01 00 05')]), frame)).to.equal(true)
    expect(frame.leftBattery).to.equal(70)
  })

  it('leaves the frame as it was where there is no status', () => {
    const frame = new StatusFrame()
    readStatus(status('0e20 2b 66 8f 01 00 05'), frame)
    const before = describeStatusFrame(frame)
    for (const hex of ['4c00 100203 04', '0600 0719', '4c00', '4c00 0719 01', '4c00 071106e4dd8d647035112e2b36d341a6778984', '']) {
      expect(readStatus(bytes(hex), frame)).to.equal(false)
      expect(describeStatusFrame(frame)).to.deep.equal(before)
    }
  })

  it('forgets pods after headphones, and headphones after pods', () => {
    const frame = new StatusFrame()
    const fresh = new StatusFrame()
    readStatus(status('0e20 2b 66 b6 01 00 05'), frame)
    readStatus(status('0a20 22 05 90 04 0f 45'), frame)
    readStatus(status('0a20 22 05 90 04 0f 45'), fresh)
    expect({ ...frame }).to.deep.equal({ ...fresh })
    expect(frame).to.include({ battery: 50, charging: true, worn: true, leftBattery: null, caseBattery: null })
    readStatus(status('0e20 2b 66 b6 01 00 05'), frame)
    readStatus(status('0e20 2b 66 b6 01 00 05'), fresh)
    expect({ ...frame }).to.deep.equal({ ...fresh })
    expect(frame).to.include({ battery: null, charging: false, worn: null, leftBattery: 60, caseBattery: 60 })
  })

  it('reads batteries in tens: 15 is unknown, 11 to 14 are full', () => {
    const frame = new StatusFrame()
    const percent = (nibble: number) => {
      readStatus(frameOf(Uint8Array.of(0x20, nibble, 0, 0, 0, 0)), frame)
      return frame.leftBattery
    }
    expect(Array.from({ length: 16 }, (_, nibble) => percent(nibble))).to.deep.equal([
      0,
      10,
      20,
      30,
      40,
      50,
      60,
      70,
      80,
      90,
      100,
      100,
      100,
      100,
      100,
      null,
    ])
  })

  it('swaps sides, and nothing else, when the other pod is primary', () => {
    fc.assert(
      fc.property(anyPlain, (plain) => {
        const frame = new StatusFrame()
        readStatus(frameOf(plain), frame)
        const one = { ...frame }
        readStatus(frameOf(Uint8Array.from(plain, (byte, i) => (i === 0 ? byte ^ 0x20 : byte))), frame)
        expect([frame.leftBattery, frame.leftCharging]).to.deep.equal([one.rightBattery, one.rightCharging])
        expect([frame.rightBattery, frame.rightCharging]).to.deep.equal([one.leftBattery, one.leftCharging])
        expect([frame.caseBattery, frame.lid, frame.connState]).to.deep.equal([one.caseBattery, one.lid, one.connState])
      }),
    )
  })

  it('says with the low nibble what the headset does, and with the whole byte only what is certain', () => {
    const frame = new StatusFrame()
    const states = (byte: number) => {
      readStatus(frameOf(Uint8Array.of(0x20, 0, 0, 0, 0, byte)), frame)
      return [frame.connStateName, frame.audioState]
    }
    expect(states(0x06)).to.deep.equal(['call', 'call'])
    expect(states(0x65)).to.deep.equal(['unknown', 'music'])
    expect(states(0x08)).to.deep.equal(['unknown', 'unknown'])
  })
})
