import { expect } from 'chai'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { PathCache } from '../../../../src/collectors/gnmi/wire/path-cache.ts'
import type { SubscribeResponse } from '../../../../src/collectors/gnmi/wire/response.ts'
import { KIND } from '../../../../src/collectors/gnmi/wire/value.ts'
import { Comparison } from '../support/compare.ts'
import { RESPONSES } from '../support/corpus.ts'
import { Mutator } from '../support/mutate.ts'
import { subscribeResponse } from '../support/proto.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

/** A length-delimited field. */
const field = (number: number, ...content: Buffer[]) => {
  const bytes = Buffer.concat(content)
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes])
}
const notification = (...content: Buffer[]) => field(1, ...content)
const update = (...content: Buffer[]) => field(4, ...content)
const path = (...names: string[]) => field(1, ...names.map((name) => field(3, field(1, Buffer.from(name)))))
const val = (...content: Buffer[]) => field(3, ...content)

function decode(bytes: Buffer): SubscribeResponse {
  const response = new ResponseDecoder().decode(bytes)
  if (response instanceof Malformed) throw new Error(response.message)
  return response
}

const valueRead = (...content: Buffer[]) => {
  const [slot] = decode(notification(update(path('a'), val(...content)))).updates
  if (!slot) throw new Error('no update')
  return slot
}

describe('the decoder of SubscribeResponse', () => {
  const comparison = new Comparison()

  for (const [name, message] of RESPONSES) {
    it(`reads what proto-loader reads: ${name}`, () => {
      const bytes = subscribeResponse.encode(message)
      expect(comparison.ours(bytes)).to.deep.equal(comparison.theirs(bytes))
    })
  }

  it('agrees on mutants with proto-loader, or with the second reader where that departs from protobuf', () => {
    const mutator = new Mutator(
      RESPONSES.map(([, message]) => subscribeResponse.encode(message)),
      2026,
    )
    const counts: Record<string, number> = {}
    for (let i = 0; i < 10_000; i++) {
      const mutant = mutator.next()
      const verdict = comparison.verdict(mutant)
      counts[verdict.kind] = (counts[verdict.kind] ?? 0) + 1
      if (verdict.kind === 'different') expect(verdict.ours, mutant.toString('hex')).to.deep.equal(verdict.theirs)
      expect(comparison.isRight(mutant), mutant.toString('hex')).to.equal(true)
    }
    // Mutants that nobody takes for a message, or everybody for the original, would prove little.
    expect(counts.equal).to.be.greaterThan(2_000)
    expect(counts.both_refused).to.be.greaterThan(2_000)
    expect(counts.departure).to.be.greaterThan(1_000)
  }).timeout(120_000)

  it('does not change what it reads', () => {
    const bytes = Buffer.concat(RESPONSES.map(([, message]) => subscribeResponse.encode(message)))
    const before = Buffer.from(bytes)
    new ResponseDecoder().decode(bytes)
    expect(bytes.equals(before)).to.equal(true)
  })

  it('starts anew with each message', () => {
    const decoder = new ResponseDecoder()
    decoder.decode(
      subscribeResponse.encode({
        update: {
          timestamp: '5',
          atomic: true,
          prefix: { origin: 'o' },
          update: [{ val: { uint_val: '1' }, duplicates: 2 }],
          delete: [{}],
        },
      }),
    )
    const response = decoder.decode(notification(update())) as SubscribeResponse
    expect([response.updateCount, response.deleteCount, response.atomic, response.timestampLo]).to.deep.equal([1, 0, false, 0])
    expect(response.prefix.origin).to.equal('')
    expect(response.updates[0]).to.include({ kind: KIND.NONE, duplicates: 0 })
    expect(decoder.decode(Buffer.alloc(0))).to.include({ kind: 'none', updateCount: 0 })
  })

  it('is as good as new after a message that is none', () => {
    const decoder = new ResponseDecoder()
    const good = subscribeResponse.encode({ update: { update: [{ val: { uint_val: '1' } }] } })
    expect(decoder.decode(good.subarray(0, -1))).to.be.instanceOf(Malformed)
    expect(decoder.decode(good)).to.include({ kind: 'notification', updateCount: 1 })
  })

  describe('reads as protobuf has it', () => {
    it('a field of another wire type as an unknown one', () => {
      expect(valueRead(hex('08 05'), hex('18 07'))).to.include({ kind: KIND.UINT, lo: 7 })
      expect(valueRead(field(3, hex('07'))).kind).to.equal(KIND.NONE)
    })

    it('the last arm of a oneof, and of a scalar the last value', () => {
      expect(valueRead(field(1, Buffer.from('text')), hex('18 01'), hex('18 02'))).to.include({ kind: KIND.UINT, lo: 2 })
      expect(decode(Buffer.concat([notification(update()), hex('18 01')]))).to.include({ kind: 'sync', sync: true, updateCount: 0 })
      expect(decode(Buffer.concat([hex('18 01'), notification(update())]))).to.include({
        kind: 'notification',
        sync: false,
        updateCount: 1,
      })
    })

    it('a message in pieces as one', () => {
      const { updates, updateCount, prefix } = decode(
        Buffer.concat([
          notification(field(2, field(2, Buffer.from('openconfig')), field(3, field(1, Buffer.from('a'))))),
          notification(
            field(2, field(3, field(1, Buffer.from('b'))), field(4, Buffer.from('t'))),
            update(path('c'), path('d'), val(hex('18 05')), val()),
          ),
          notification(update()),
        ]),
      )
      expect(prefix).to.include({ origin: 'openconfig', target: 't', text: '/a/b' })
      expect(updateCount).to.equal(2)
      expect(updates[0]?.path.text).to.equal('/c/d')
      expect(updates[0]).to.include({ kind: KIND.UINT, lo: 5 })
    })

    it('no piece that is not whole, even if it would be with the next one', () => {
      const text = field(1, Buffer.from('text'))
      const refused = (...content: Buffer[]) =>
        expect(new ResponseDecoder().decode(notification(...content))).to.include({ code: 'truncated' })
      refused(update(val(text.subarray(0, 3)), val(text.subarray(3))))
      const elem = field(3, text)
      refused(update(field(1, elem.subarray(0, 4)), field(1, elem.subarray(4))))
      refused(update(field(1), field(1, elem.subarray(0, 4)), field(1, elem.subarray(4))))
      refused(update(val(), val(text.subarray(0, 3)), val(text.subarray(3))))
      refused(field(2, elem.subarray(0, 4)), field(2, elem.subarray(4)))
    })

    it('a leaf-list and a decimal in pieces', () => {
      const pieces = [field(8, field(1, hex('18 01'))), field(8, field(1, hex('18 02'))), field(8, field(1, hex('18 03')))]
      expect(comparison.ours(notification(update(val(...pieces))))).to.have.deep.nested.property(
        'updates[0].value',
        [1, 2, 3].map((value) => ({ type: 'uint', value })),
      )
      expect(valueRead(field(7, hex('08 05')), field(7, hex('10 02')))).to.include({ kind: KIND.DECIMAL, lo: 5, precision: 2 })
      expect(valueRead(field(7, hex('08 05 10 02')), hex('20 01'), field(7, hex('08 06')))).to.include({ lo: 6, precision: 0 })
    })

    it('an arm that comes again after another one anew', () => {
      const list = (value: string) => field(8, field(1, hex(`18 ${value}`)))
      expect(comparison.ours(notification(update(val(list('01'), list('02'), hex('20 01'), list('03')))))).to.have.deep.nested.property(
        'updates[0].value',
        [{ type: 'uint', value: 3 }],
      )
      const prefix = (name: string) => field(2, field(3, field(1, Buffer.from(name))))
      const again = decode(Buffer.concat([notification(prefix('a'), update()), hex('18 01'), notification(prefix('b'), prefix('c'))]))
      expect(again).to.include({ kind: 'notification', updateCount: 0 })
      expect(again.prefix.text).to.equal('/b/c')
    })

    it('numbers, tags and lengths in more bytes than they need', () => {
      expect(valueRead(hex('98 80 80 00 87 80 80 80 80 80 80 80 80 00'))).to.include({ kind: KIND.UINT, lo: 7, hi: 0 })
      expect(decode(Buffer.concat([hex('8a 80 80 80 80 00 82 80 80 80 80 80 80 80 80 00'), update()]))).to.include({ updateCount: 1 })
    })

    it('a bool by all its bits, and of a uint32 the low ones', () => {
      expect(decode(hex('18 80 80 80 80 80 01'))).to.include({ sync: true })
      expect(decode(notification(update(hex('20 81 80 80 80 70')))).updates[0]).to.include({ duplicates: 1 })
    })

    it('over unknown fields and groups in groups', () => {
      expect(decode(hex('7b 08 01 83 01 8d 01 00 00 00 00 84 01 7c 18 01'))).to.include({ kind: 'sync' })
    })
  })

  describe('refuses', () => {
    const nested = (levels: number): Buffer => (levels === 0 ? hex('18 01') : delimited(8, delimited(1, nested(levels - 1))))
    const delimited = (number: number, content: Buffer) => {
      const length: number[] = []
      let rest = content.length
      for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80)
      return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), content])
    }
    const groups = (levels: number) => Buffer.concat([Buffer.alloc(levels, 0x7b), Buffer.alloc(levels, 0x7c)])

    const CASES: ReadonlyArray<readonly [code: string, name: string, bytes: Buffer]> = [
      ['truncated', 'a tag without its field', hex('18')],
      ['truncated', 'a length beyond the message', hex('0a 05 08 01')],
      ['truncated', 'a length beyond the enclosing message', hex('0a 02 22 03 08 01 01')],
      ['truncated', 'a length of 2^32', hex('0a 80 80 80 80 10')],
      ['truncated', 'a double of seven bytes', notification(update(val(hex('71 00 00 00 00 00 00 00'))))],
      ['truncated', 'an extension cut off inside', hex('2a 03 0a 05 08')],
      ['truncated', 'a leaf-list whose element is cut off', notification(update(val(field(8, hex('0a 05 18')))))],
      ['truncated', 'an Any cut off inside', notification(update(val(field(9, hex('0a 05')))))],
      ['varint_too_long', 'a varint of eleven bytes', hex('18 80 80 80 80 80 80 80 80 80 80 00')],
      ['varint_too_long', 'a varint of 65 bits', hex('18 80 80 80 80 80 80 80 80 80 02')],
      ['tag_too_large', 'a tag of 33 bits', hex('88 80 80 80 10 00')],
      ['field_zero', 'field 0', hex('00 01')],
      ['wire_type', 'wire type 6', hex('7e')],
      ['group_end', 'the end of no group', hex('7c')],
      ['group_end', 'the end of another group', hex('7b 84 01')],
      ['nesting', 'leaf-lists nested too deep', delimited(1, delimited(4, delimited(3, nested(49))))],
      ['nesting', 'groups nested too deep', groups(101)],
    ]

    for (const [code, name, bytes] of CASES) {
      it(name, () => {
        const refusal = new ResponseDecoder().decode(bytes)
        expect(refusal).to.be.instanceOf(Malformed).and.to.include({ code })
        expect((refusal as Malformed).message).to.match(/ \(byte \d+\)$/)
        expect((refusal as Malformed).at).to.be.within(0, bytes.length)
      })
    }

    it('nothing that is nested just deep enough', () => {
      expect(new ResponseDecoder().decode(groups(100))).not.to.be.instanceOf(Malformed)
      expect(new ResponseDecoder().decode(delimited(1, delimited(4, delimited(3, nested(48)))))).not.to.be.instanceOf(Malformed)
    })

    it('a message of more updates than are accepted', () => {
      const bytes = notification(update(), update(), field(5))
      expect(new ResponseDecoder({ maxEntries: 2 }).decode(bytes)).to.include({ code: 'too_many' })
      expect(new ResponseDecoder({ maxEntries: 3 }).decode(bytes)).to.include({ kind: 'notification' })
    })
  })

  it('takes time that grows with the message, not with its square', () => {
    // A hundred thousand pieces of one leaf-list, of one value and of one prefix: joined one by one, these would be 20 GB of copying.
    const times = (count: number, piece: Buffer) => Buffer.concat(Array.from({ length: count }, () => piece))
    const long = (number: number, content: Buffer) => {
      const head = Buffer.alloc(6)
      head[0] = (number << 3) | 2
      for (let i = 0; i < 5; i++) head[i + 1] = ((content.length / 128 ** i) & 0x7f) | (i < 4 ? 0x80 : 0)
      return Buffer.concat([head, content])
    }
    const list = long(3, times(100_000, field(8, hex('0a 02 18 01'))))
    const values = times(100_000, val(hex('18 01')))
    const prefixes = times(100_000, field(2, hex('1a 03 0a 01 61')))
    const response = decode(long(1, Buffer.concat([prefixes, long(4, list), long(4, values)])))
    expect(response.updateCount).to.equal(2)
    expect(response.updates[0]?.bytes).to.have.length(400_000)
    expect(response.prefix.elems).to.have.length(100_000)
  })

  it('marks text that is not UTF-8 and reads the rest', () => {
    const response = decode(notification(update(field(1, field(3, field(1, hex('61 ff'))))), update(path('b'))))
    expect(response.updates[0]?.path).to.include({ flawed: true, text: '/a\ufffd' })
    expect(response.updates[1]?.path).to.include({ flawed: false, text: '/b' })
  })

  it('knows a path again by its bytes, whoever sends it', () => {
    const paths = new PathCache()
    const bytes = notification(update(path('a')))
    const first = (new ResponseDecoder({ paths }).decode(bytes) as SubscribeResponse).updates[0]?.path
    expect((new ResponseDecoder({ paths }).decode(bytes) as SubscribeResponse).updates[0]?.path).to.equal(first)
  })
})
