import { expect } from 'chai'
import fc from 'fast-check'
import { KnownRows } from '../../../../src/collectors/librenms/sync/known-rows.ts'

const id = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 60 }) }, { weight: 1, arbitrary: fc.maxSafeInteger() })
const step = fc.record({
  what: fc.constantFrom('set', 'set', 'set', 'delete'),
  device: fc.integer({ min: 1, max: 5 }),
  id,
  hash: fc.maxSafeNat(),
})

describe('KnownRows', () => {
  it('holds what a map of maps holds, whatever is set and deleted', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const known = new KnownRows()
        const model = new Map<number, Map<number, number>>()
        for (const { what, device, id: row, hash } of steps) {
          const rows = model.get(device) ?? new Map<number, number>()
          if (what === 'set') {
            known.set(device, row, hash)
            model.set(device, rows.set(row, hash))
          } else {
            known.delete(device, row)
            rows.delete(row)
            if (rows.size === 0) model.delete(device)
          }
          expect(known.hash(device, row)).to.equal(rows.get(row))
        }
        expect([...known.devices()]).to.have.members([...model.keys()])
        expect(known.size).to.equal([...model.values()].reduce((sum, { size }) => sum + size, 0))
        for (const device of [1, 2, 3, 4, 5]) {
          const rows = model.get(device) ?? new Map<number, number>()
          expect(known.countOf(device)).to.equal(rows.size)
          expect(known.idsOf(device)).to.have.members([...rows.keys()])
          for (const [row, hash] of rows) expect(known.hash(device, row)).to.equal(hash)
        }
      }),
    )
  })

  it('uses the room again that devices leave, and little more than the rows need', () => {
    const known = new KnownRows()
    const fill = (from: number) => {
      for (let device = from; device < from + 1_000; device++) for (let row = 0; row < 39; row++) known.set(device, row, device * row)
    }
    fill(0)
    const { bytes } = known
    expect(bytes).to.be.lessThan(39_000 * 16 * 2)
    for (let round = 1; round < 5; round++) {
      for (const device of [...known.devices()]) for (const row of known.idsOf(device)) known.delete(device, row)
      expect(known.size).to.equal(0)
      fill(round * 1_000)
    }
    expect(known.bytes).to.equal(bytes)
  })
})
