import { expect } from 'chai'
import fc from 'fast-check'
import { Ring } from '../../src/tui/ring.ts'

describe('tui: the ring', () => {
  it('has the newest that fit, oldest first, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (things, capacity) => {
        const ring: Ring<number> = new Ring(capacity)
        for (const thing of things) ring.add(thing)
        expect(ring.all()).to.eql(things.slice(-capacity))
        expect(ring.length).to.equal(Math.min(things.length, capacity))
      }),
    )
  })
})
