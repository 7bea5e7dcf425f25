import { expect } from 'chai'
import fc from 'fast-check'
import { ByteBuffer } from '../../../src/bus/envelope/byte-buffer.ts'

describe('a byte buffer', () => {
  it('keeps what was taken, whatever is written, cleared and taken afterwards', () => {
    const step = fc.oneof(
      fc.record({ write: fc.string({ unit: 'grapheme', maxLength: 100 }) }),
      fc.record({ bytes: fc.uint8Array({ maxLength: 200 }) }),
      fc.constant('take' as const),
      fc.constant('clear' as const),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const out = new ByteBuffer(64)
        const taken: Array<{ is: Buffer; was: Buffer }> = []
        let expected = Buffer.alloc(0)
        for (const one of steps) {
          if (one === 'take') {
            taken.push({ is: out.take(), was: expected })
            expected = Buffer.alloc(0)
          } else if (one === 'clear') {
            out.clear()
            expected = Buffer.alloc(0)
          } else if ('write' in one) {
            out.text(one.write)
            expected = Buffer.concat([expected, Buffer.from(one.write)])
          } else {
            out.bytes(one.bytes)
            expected = Buffer.concat([expected, one.bytes])
          }
          expect(out.length).to.equal(expected.length)
          expect(out.view().equals(expected)).to.equal(true)
        }
        for (const { is, was } of taken) expect(is.equals(was)).to.equal(true)
      }),
    )
  })

  it('does not let small pieces hold a large one', () => {
    const out = new ByteBuffer(64)
    out.bytes(Buffer.alloc(10_000))
    const large = out.take()
    out.text('small')
    expect(out.take().buffer).to.not.equal(large.buffer)
  })
})
