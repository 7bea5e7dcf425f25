import { expect } from 'chai'
import fc from 'fast-check'
import { InternTable } from '../../../src/query/json/intern.ts'
import { Slots } from '../../../src/query/json/slots.ts'

function slotsOf(text: string): Slots {
  const slots = new Slots([])
  slots.attach(new Uint8Array(Buffer.from(text)).buffer)
  return slots
}

describe('the table of texts', () => {
  it('makes a text once while it is kept', () => {
    const table = new InternTable()
    let made = 0
    const make = (s: Slots, start: number, end: number) => `${made++}:${s.buffer.toString('utf8', start, end)}`
    const slots = slotsOf('access-1access-2access-1')
    expect(table.get(slots, 0, 8, make)).to.equal('0:access-1')
    expect(table.get(slots, 8, 16, make)).to.equal('1:access-2')
    expect(table.get(slots, 16, 24, make)).to.equal('0:access-1')
    expect(table.get(slots, 0, 0, make)).to.equal('2:')
    expect(table.get(slots, 9, 9, make)).to.equal('2:')
  })

  it('never gives another text, however few it may keep', () => {
    const make = (s: Slots, start: number, end: number) => s.buffer.toString('utf8', start, end)
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '\0', 'é'), maxLength: 70 })
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const table = new InternTable(4)
        for (const one of texts) {
          const slots = slotsOf(`x${one}`)
          expect(table.get(slots, 1, slots.u8.length, make)).to.equal(one)
        }
      }),
    )
  })

  it('makes long texts each time', () => {
    let made = 0
    const slots = slotsOf('x'.repeat(65))
    const make = () => String(made++)
    const table = new InternTable()
    table.get(slots, 0, 65, make)
    expect(table.get(slots, 0, 65, make)).to.equal('1')
  })

  it('has a capacity that is a power of two', () => {
    for (const capacity of [0, 2, 6, 100]) expect(() => new InternTable(capacity)).to.throw(RangeError)
  })
})
