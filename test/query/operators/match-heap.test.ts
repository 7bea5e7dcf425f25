import { expect } from 'chai'
import fc from 'fast-check'
import { popStart, pushStart, removeStarts } from '../../../src/query/operators/match-heap.ts'

interface Entry {
  start: number
  id: number
}

const filled = (starts: readonly number[]): Entry[] => {
  const heap: Entry[] = []
  for (const [id, start] of starts.entries()) pushStart(heap, { start, id })
  return heap
}
const ids = (heap: readonly Entry[]): number[] => heap.map(({ id }) => id)

describe('match heap', () => {
  it('holds entries as java.util.PriorityQueue of Java 17 does, ties too', () => {
    // Printed by Java: add, poll, removeAll of every id that is 2 modulo 4, then poll until empty.
    const heap = filled([5, 3, 3, 9, 1, 3, 5, 1, 7, 3, 2, 2])
    expect(ids(heap)).to.deep.equal([4, 7, 11, 1, 10, 2, 6, 3, 8, 0, 9, 5])
    expect(popStart(heap)?.id).to.equal(4)
    expect(ids(heap)).to.deep.equal([7, 10, 11, 1, 5, 2, 6, 3, 8, 0, 9])
    expect(removeStarts(heap, ({ id }) => id % 4 === 2)).to.equal(true)
    expect(ids(heap)).to.deep.equal([7, 11, 1, 5, 3, 8, 0, 9])
    expect(Array.from({ length: 8 }, () => popStart(heap)?.id)).to.deep.equal([7, 11, 9, 5, 1, 0, 8, 3])
    expect(popStart(heap)).to.equal(undefined)
  })

  it('gives out what is in it by start', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), fc.nat(6), (starts, modulus) => {
        const heap = filled(starts)
        removeStarts(heap, ({ id }) => id % 7 === modulus)
        const out: number[] = []
        for (let entry = popStart(heap); entry; entry = popStart(heap)) out.push(entry.start)
        expect(out).to.deep.equal(starts.filter((_, id) => id % 7 !== modulus).sort((a, b) => a - b))
      }),
    )
  })

  it('is left alone where nothing goes', () => {
    const heap = filled([4, 2, 2, 1])
    const before = ids(heap)
    expect(removeStarts(heap, () => false)).to.equal(false)
    expect(ids(heap)).to.deep.equal(before)
  })
})
