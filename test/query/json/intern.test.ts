import { expect } from 'chai'
import fc from 'fast-check'
import { InternTable } from '../../../src/query/json/intern.ts'
import { Slots } from '../../../src/query/json/slots.ts'

function slotsOf(text: string): Slots {
  const slots = new Slots([])
  slots.attach(new Uint8Array(Buffer.from(text)).buffer)
  return slots
}

const make = (s: Slots, start: number, end: number) => s.buffer.toString('utf8', start, end)

describe('the table of texts', () => {
  it('makes a text once, and numbers them as they come', () => {
    const table = new InternTable()
    let made = 0
    const count = (s: Slots, start: number, end: number) => `${made++}:${make(s, start, end)}`
    const slots = slotsOf('access-1access-2access-1')
    expect([0, 8, 16, 8].map((at) => table.find(slots, at, at + 8, count))).to.deep.equal([0, 1, 0, 1])
    expect([0, 1].map((number) => table.text(number))).to.deep.equal(['0:access-1', '1:access-2'])
  })

  it('never gives another text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'é'), maxLength: 70 })
    const table = new InternTable(256)
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 60 }), (texts) => {
        for (const one of texts) {
          const slots = slotsOf(`x${one}`)
          const length = slots.u8.length - 1
          const number = table.find(slots, 1, length + 1, make)
          if (number < 0) expect(length < 4 || length > 64).to.equal(true)
          else expect(table.text(number)).to.equal(one)
        }
      }),
    )
    expect(table.generation).to.be.greaterThan(0)
  })

  it('keeps thousands of texts, and their numbers', () => {
    const table = new InternTable()
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10_000; i++) {
        const slots = slotsOf(`access-${i}`)
        expect(table.find(slots, 0, slots.u8.length, make)).to.equal(i)
      }
    }
    expect(table.text(9_999)).to.equal('access-9999')
    expect(table.generation).to.equal(0)
  })

  it('stands aside where texts do not repeat, and tries again', () => {
    const table = new InternTable(256)
    let kept = 0
    const find = (text: string) => {
      const slots = slotsOf(text)
      return table.find(slots, 0, slots.u8.length, make)
    }
    for (let i = 0; i < 100_000; i++) if (find(`event-${i}`) >= 0) kept++
    expect(kept).to.be.within(1, 20_000)
    for (let i = 0; i < 300_000; i++) find('same')
    expect(find('same')).to.equal(0)
    expect(table.text(0)).to.equal('same')
  })

  it('has a capacity that is a power of two', () => {
    for (const capacity of [0, 128, 257, 1_000]) expect(() => new InternTable(capacity)).to.throw(RangeError)
  })
})
