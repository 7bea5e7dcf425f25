import { expect } from 'chai'
import fc from 'fast-check'
import { PROXIMITY_PAIRING, StatusFrame } from '../../src/collectors/ble/decode/status-frame.ts'
import { isApple, TlvCursor } from '../../src/collectors/ble/decode/tlv.ts'
import { CAPTURED_FRAMES } from '../../src/office/captured-frames.ts'
import { statusFrame } from '../../src/office/proximity-pairing.ts'
import { random } from '../../src/office/random.ts'

function decode(bytes: Buffer): StatusFrame | undefined {
  expect(isApple(bytes)).to.equal(true)
  const cursor = new TlvCursor().reset(bytes, 2, bytes.length)
  const frame = new StatusFrame()
  let status: StatusFrame | undefined
  while (cursor.next()) if (cursor.type === PROXIMITY_PAIRING && frame.read(bytes, cursor.offset, cursor.length)) status = frame
  expect(cursor.leftOver).to.equal(0)
  return status
}

const state = fc
  .record({
    audio: fc.constantFrom('idle' as const, 'ringing' as const, 'call' as const, 'hanging_up' as const),
    battery: fc.double({ min: 1, max: 100, noNaN: true }),
    caseBattery: fc.double({ min: 0, max: 100, noNaN: true }),
    put: fc.constantFrom('worn', 'in case', 'on the desk'),
  })
  .map(({ put, ...rest }) => ({ ...rest, worn: put === 'worn', inCase: put === 'in case' }))

describe("the office's advertisements", () => {
  it('say what the headset does, to the real decoder', () => {
    fc.assert(
      fc.property(state, fc.boolean(), fc.constantFrom(0x0e20, 0x1420, 0x2420, 0x1320, 0x1b20), (now, primaryLeft, modelId) => {
        const frame = decode(statusFrame({ address: '', modelId, single: false, colorCode: 1 }, now, primaryLeft, random(1, 'frame')))
        const tens = Math.floor(now.battery / 10) * 10
        expect(frame).to.include({
          modelId,
          leftBattery: tens,
          rightBattery: tens,
          audioState: now.audio,
          colorName: 'black',
          cloneHint: false,
        })
        expect(frame?.caseBattery).to.equal(now.inCase ? Math.floor(now.caseBattery / 10) * 10 : null)
        expect(frame?.places).to.include({
          primary: primaryLeft ? 'left' : 'right',
          bothPodsInCase: now.inCase,
          leftInEar: now.worn,
          rightInEar: now.worn,
        })
        expect(frame?.leftCharging).to.equal(now.inCase && now.battery < 100)
        expect(frame?.lid).to.equal(now.inCase ? 'closed' : 'not_in_case')
      }),
    )
  })

  it('say it of headphones with one battery too', () => {
    fc.assert(
      fc.property(state, (now) => {
        const frame = decode(statusFrame({ address: '', modelId: 0x1f20, single: true, colorCode: 0 }, now, true, random(1, 'frame')))
        const { worn, audio: audioState } = now
        expect(frame).to.include({ battery: Math.floor(now.battery / 10) * 10, worn, audioState, leftBattery: null })
      }),
    )
  })

  it('come with frames that real devices sent, each of which the decoder walks to its end', () => {
    const models = CAPTURED_FRAMES.map(({ hex }) => decode(Buffer.from(hex, 'hex'))?.model.model)
    expect(models.filter((model) => model !== undefined))
      .to.have.length.above(9)
      .and.to.include.members(['airpods_pro', 'airpods_pro3', 'airpods_max'])
    expect(models.filter((model) => model === undefined)).to.have.length(2)
  })
})
