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

  it('law: writes whole numbers as they are written', () => {
    const edges = [0, 9, 10, 99_999_999, 100_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 1e15, Number.MAX_SAFE_INTEGER]
    const whole = fc.oneof(fc.maxSafeInteger(), fc.nat(), fc.constantFrom(...edges, ...edges.map((value) => -value)))
    fc.assert(
      fc.property(fc.array(whole), fc.array(fc.tuple(fc.nat(2 ** 31 - 1), fc.nat(20))), (values, padded) => {
        const out = new ByteBuffer(64)
        for (const value of values) out.integer(value)
        for (const [value, more] of padded) out.padded(value, String(value).length + more)
        expect(out.view().toString()).to.equal(
          values.map((value) => String(value === 0 ? 0 : value)).join('') +
            padded.map(([value, more]) => `${'0'.repeat(more)}${value}`).join(''),
        )
      }),
    )
  })

  it('takes back what was written beyond so many bytes, and nothing that was taken', () => {
    const out = new ByteBuffer(8)
    out.text('taken')
    out.take()
    out.text('kept, gone')
    out.cut(4)
    expect(out.view().toString()).to.equal('kept')
    out.cut(9)
    expect(out.view().toString()).to.equal('kept')
    out.cut(0)
    expect(out.length).to.equal(0)
  })

  it('law: copies a JSON text that is a plain string, and nothing else', () => {
    const text = fc.oneof(
      fc.string().map((one) => JSON.stringify(one)),
      fc.string({ unit: 'grapheme' }).map((one) => JSON.stringify(one)),
      fc.json(),
      fc.constantFrom('', '"', '""', '"a', 'a"', ' "a"', '"a" ', '"a"b"', '"a\u0000"', '"a\\"', '"\u007f"'),
    )
    fc.assert(
      fc.property(text, fc.string(), (json, before) => {
        const out = new ByteBuffer(16)
        out.text(before)
        const around = Buffer.from(`"${json}"`)
        const copied = out.plainJsonText(around, 1, around.length - 1)
        expect(copied).to.equal(/^"[\x20\x21\x23-\x5b\x5d-\x7e]*"$/.test(json))
        expect(out.view().toString()).to.equal(copied ? before + json : before)
      }),
      { numRuns: 300 },
    )
  })
})
