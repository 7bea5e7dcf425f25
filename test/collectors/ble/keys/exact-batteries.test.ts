import { createCipheriv } from 'node:crypto'
import { expect } from 'chai'
import fc from 'fast-check'
import { readStatus } from '../../../../src/collectors/ble/decode/read-status.ts'
import { StatusFrame } from '../../../../src/collectors/ble/decode/status-frame.ts'
import { openCaseFrame } from '../../../../src/collectors/ble/keys/case-frame.ts'
import { exactBatteries } from '../../../../src/collectors/ble/keys/exact-batteries.ts'
import { StatusCipher } from '../../../../src/collectors/ble/keys/status-cipher.ts'

/** capod's public test key. */
const ENC = Buffer.from('3b9c8057e6457ff21b8e07636c99e029', 'hex')
const cipher = new StatusCipher(ENC)

/** As a headset encrypts. */
function encrypt(plain: Buffer): Buffer {
  return createCipheriv('aes-128-ecb', ENC, null).setAutoPadding(false).update(plain)
}

/** A status frame with this plain block in its encrypted part. */
function frameWith(head: string, plain: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`4c000719${head.replaceAll(' ', '')}`, 'hex'), encrypt(plain)])
}

function open(data: Buffer) {
  const frame = new StatusFrame()
  readStatus(data, frame)
  return exactBatteries(cipher, data, frame)
}

const level = fc.option(fc.integer({ min: 0, max: 100 }), { nil: null })
const tenth = (percent: number | null) => (percent === null ? 15 : Math.floor(percent / 10))
const byteOf = (percent: number | null, charging: boolean) => (percent === null ? 0xff : percent | (charging ? 0x80 : 0))

describe('exact batteries', () => {
  /** From LibrePods' documentation: primary 100 % charging, secondary 98 %, case 86 %. */
  const sample = Buffer.from('44E4625617FA0631E40A011331134C40', 'hex')

  it('reads the known block, left primary', () => {
    expect(open(frameWith('01 0e20 2b 9a 98 01 00 05', sample))).to.deep.equal({
      leftBattery: 100,
      rightBattery: 98,
      caseBattery: 86,
      leftCharging: true,
      rightCharging: false,
      caseCharging: false,
    })
  })

  it('turns it over, right primary', () => {
    expect(open(frameWith('01 0e20 0b 9a 98 01 00 05', sample))).to.include({ leftBattery: 98, rightBattery: 100, leftCharging: false })
  })

  it('gives back what a headset put in, for whichever pod speaks', () => {
    fc.assert(
      fc.property(level, level, level, fc.boolean(), fc.boolean(), (left, right, inCase, leftPrimary, charging) => {
        fc.pre(left !== null || right !== null || inCase !== null)
        const [primary, secondary] = leftPrimary ? [left, right] : [right, left]
        const plain = Buffer.alloc(16, 7)
        plain.set([byteOf(primary, charging), byteOf(secondary, !charging), byteOf(inCase, charging)], 1)
        const head = Buffer.from([
          0x01,
          0x0e,
          0x20,
          leftPrimary ? 0x20 : 0,
          (tenth(secondary) << 4) | tenth(primary),
          0x80 | tenth(inCase),
          0,
          0,
          0,
        ])
        expect(open(frameWith(head.toString('hex'), plain))).to.include({ leftBattery: left, rightBattery: right, caseBattery: inCase })
      }),
    )
  })

  it('reads headphones by the first battery alone', () => {
    const plain = Buffer.from(`00b5${'fe'.repeat(14)}`, 'hex')
    expect(open(frameWith('01 0a20 20 05 80 04 0f 44', plain))).to.deep.equal({ battery: 53, charging: true })
  })

  it('refuses a block that contradicts the tenths in the clear', () => {
    expect(open(frameWith('01 0e20 2b 99 98 01 00 05', sample))).to.equal(null)
    expect(open(frameWith('01 0e20 2b 9a 97 01 00 05', sample))).to.equal(null)
  })

  it('refuses levels that no headset sends, and a frame in which nothing speaks for the key', () => {
    expect(open(frameWith('01 0e20 2b ff 8f 01 00 05', Buffer.alloc(16, 0x7e)))).to.equal(null)
    expect(open(frameWith('01 0e20 2b ff 8f 01 00 05', Buffer.alloc(16, 0xff)))).to.equal(null)
  })

  it("hardly ever takes a stranger's block for sense", () => {
    let taken = 0
    for (let i = 0; i < 2_000; i++) {
      const noise = new StatusCipher(Buffer.concat([ENC.subarray(0, 12), Buffer.from([i >> 8, i & 0xff, 1, 2])]))
      const data = frameWith('01 0e20 2b 66 86 01 00 05', sample)
      const frame = new StatusFrame()
      readStatus(data, frame)
      if (exactBatteries(noise, data, frame)) taken++
    }
    // Three batteries in a given tenth by chance: (20 / 256)^3, one in 2,100.
    expect(taken).to.be.at.most(10)
  })

  it('has nothing to open in a frame of a clone', () => {
    const data = Buffer.from('4c00071301022071aa37320010006464ff000000000000', 'hex')
    expect(open(data)).to.equal(null)
  })
})

describe('the frame of a case', () => {
  const value = (plain: string) => Buffer.concat([Buffer.from([0x06]), encrypt(Buffer.from(plain, 'hex'))])
  const plain = '0000004f 11223344 00000000 55667788'.replaceAll(' ', '')

  it('tells the level of the case', () => {
    expect(openCaseFrame(cipher, value(plain), 0, 17)).to.deep.equal({ caseBattery: 79, caseCharging: false })
    expect(openCaseFrame(cipher, value(plain.replace('4f', 'cf')), 0, 17)).to.deep.equal({ caseBattery: 79, caseCharging: true })
    expect(openCaseFrame(cipher, value(plain.replace('4f', 'ff')), 0, 17)).to.deep.equal({ caseBattery: null, caseCharging: false })
  })

  it('is closed to other keys, and told from other frames', () => {
    expect(openCaseFrame(new StatusCipher(Buffer.alloc(16, 1)), value(plain), 0, 17)).to.equal(null)
    expect(openCaseFrame(cipher, value(plain.replace('00000000', '00000100')), 0, 17)).to.equal(null)
    expect(openCaseFrame(cipher, value(plain), 0, 16)).to.equal(null)
  })
})
