import { expect } from 'chai'
import fc from 'fast-check'
import { StateStore } from '../../../../src/collectors/gnmi/normalise/state-store.ts'

describe('the state of a target', () => {
  it('never holds more than it may, and keeps the newest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 50 }), fc.array(fc.nat(1000), { maxLength: 300 }), (capacity, times) => {
        const store = new StateStore(capacity)
        times.forEach((time, i) => {
          store.add(i % 3, `of ${i}`, { time })
          expect(store.size).to.be.at.most(capacity)
        })
        expect(store.size + store.evicted).to.equal(times.length)
        const kept = times.map((time, i) => ({ time, there: store.get(i % 3, `of ${i}`) !== undefined }))
        expect(kept.filter(({ there }) => there)).to.have.length(store.size)
      }),
    )
    const store = new StateStore(4)
    for (const [i, time] of [5, 1, 7, 3, 2].entries()) store.add(0, String(i), { time })
    expect([0, 1, 2, 3, 4].filter((i) => store.get(0, String(i)))).to.deep.equal([0, 2, 3, 4])
  })

  it('is dropped by instance, by how the instance begins, and by slot', () => {
    const store = new StateStore(100)
    for (const slot of [0, 7]) for (const instance of ['e1', 'e1.0', 'e2']) store.add(slot, instance, { time: 1 })
    store.drop(0, 'e2')
    store.drop(0, 'e2')
    store.drop(5, 'e2')
    expect(store.size).to.equal(5)
    store.dropAll(0, 'e1')
    expect([store.size, store.get(0, 'e1.0'), store.get(7, 'e1')?.time]).to.deep.equal([3, undefined, 1])
    store.add(1, '', { time: 1 })
    store.clear((slot) => slot === 7)
    expect([store.size, store.get(7, 'e1'), store.get(1, '')?.time]).to.deep.equal([1, undefined, 1])
    store.clear()
    expect(store.size).to.equal(0)
  })
})
