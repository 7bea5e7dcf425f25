import { expect } from 'chai'
import fc from 'fast-check'
import { crc32c, loadFastCrc32c, portableCrc32c } from '../../../src/bus/kafka/crc32c.ts'

describe('CRC-32C', () => {
  it('is that of RFC 3720, appendix B.4', () => {
    const ascending = Buffer.from(Array.from({ length: 32 }, (_, i) => i))
    expect(portableCrc32c(Buffer.alloc(32))).to.equal(0x8a9136aa)
    expect(portableCrc32c(Buffer.alloc(32, 0xff))).to.equal(0x62a8ab43)
    expect(portableCrc32c(ascending)).to.equal(0x46dd794e)
    expect(portableCrc32c(Buffer.from('123456789'))).to.equal(0xe3069283)
    expect(portableCrc32c(Buffer.alloc(0))).to.equal(0)
  })

  it('the fast one and the portable one agree', async () => {
    await loadFastCrc32c()
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => crc32c(bytes) === portableCrc32c(bytes)))
  })
})
