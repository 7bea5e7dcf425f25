import { expect } from 'chai'
import fc from 'fast-check'
import { WireReader, WireWriter } from '../../../src/bus/kafka/wire.ts'

describe('the wire', () => {
  it('reads what it wrote', () => {
    const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 200 }))
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.integer(),
        fc.integer({ min: -32_768, max: 32_767 }),
        text,
        fc.array(text),
        fc.nat(),
        (long, int, short, word, words, count) => {
          const bytes = new WireWriter()
          bytes.int64(long).int32(int).int16(short).string(word).compactString(word).uvarint(count)
          bytes.array(words, (one) => bytes.string(one)).compactArray(words, (one) => bytes.compactString(one).noTags())
          const wire = new WireReader(bytes.noTags().done())
          expect([wire.int64(), wire.int32(), wire.int16(), wire.string(), wire.compactString(), wire.uvarint()]).to.deep.equal([
            long,
            int,
            short,
            word,
            word,
            count,
          ])
          expect(wire.array(() => wire.string())).to.deep.equal(words)
          const compact = wire.compactArray(() => {
            const one = wire.compactString()
            wire.skipTags()
            return one
          })
          expect(compact).to.deep.equal(words)
          wire.skipTags()
        },
      ),
    )
  })

  it('skips tagged fields of newer brokers', () => {
    const bytes = new WireWriter().uvarint(2)
    bytes.uvarint(0).uvarint(3).raw(Buffer.from('abc')).uvarint(9).uvarint(0).int8(42)
    const wire = new WireReader(bytes.done())
    wire.skipTags()
    expect(wire.int8()).to.equal(42)
  })

  it('an answer that ends too early is an error, not a guess', () => {
    const bytes = new WireWriter().int16(10).raw(Buffer.from('short')).done()
    expect(() => new WireReader(bytes).string()).to.throw(RangeError)
  })
})
