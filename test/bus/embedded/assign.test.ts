import { expect } from 'chai'
import fc from 'fast-check'
import { assignPartitions, type Subscriber, type Targets } from '../../../src/bus/embedded/assign.ts'

const topics = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 12 }), { minKeys: 1 })
const ids = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 })

function everyoneReads(names: readonly string[], of: Record<string, number>): Subscriber[] {
  return names.map((id) => ({ id, topics: Object.keys(of) }))
}

function loads(targets: Targets): Map<string | null, number> {
  const load = new Map<string | null, number>()
  for (const holder of Object.values(targets).flat()) load.set(holder, (load.get(holder) ?? 0) + 1)
  return load
}

function moved(before: Targets, after: Targets): number {
  return Object.entries(after).reduce(
    (sum, [topic, holders]) => sum + holders.filter((holder, i) => holder !== before[topic]?.[i]).length,
    0,
  )
}

describe('bus/embedded/assign', () => {
  it('every partition has a reader, and no reader has two more than another', () => {
    fc.assert(
      fc.property(ids, topics, (names, of) => {
        const load = loads(assignPartitions(everyoneReads(names, of), new Map(Object.entries(of)), {}))
        expect(load.has(null)).to.equal(false)
        const counts = names.map((id) => load.get(id) ?? 0)
        expect(Math.max(...counts) - Math.min(...counts)).to.be.at.most(1)
      }),
    )
  })

  it('nothing moves while nothing changes', () => {
    fc.assert(
      fc.property(ids, topics, (names, of) => {
        const partitions = new Map(Object.entries(of))
        const targets = assignPartitions(everyoneReads(names, of), partitions, {})
        expect(assignPartitions(everyoneReads([...names].reverse(), of), partitions, targets)).to.deep.equal(targets)
      }),
    )
  })

  it('when a member goes, only its partitions move', () => {
    fc.assert(
      fc.property(ids, topics, (names, of) => {
        fc.pre(names.length > 1)
        const partitions = new Map(Object.entries(of))
        const before = assignPartitions(everyoneReads(names, of), partitions, {})
        const [gone, ...rest] = names
        const after = assignPartitions(everyoneReads(rest, of), partitions, before)
        expect(moved(before, after)).to.equal(loads(before).get(gone ?? null) ?? 0)
      }),
    )
  })

  it('when a member comes, no more moves than it gets', () => {
    fc.assert(
      fc.property(ids, topics, fc.string({ minLength: 5, maxLength: 5 }), (names, of, newcomer) => {
        const partitions = new Map(Object.entries(of))
        const before = assignPartitions(everyoneReads(names, of), partitions, {})
        const after = assignPartitions(everyoneReads([...names, newcomer], of), partitions, before)
        expect(moved(before, after)).to.equal(loads(after).get(newcomer) ?? 0)
      }),
    )
  })

  it('a partition goes only to who reads its topic', () => {
    const members = [
      { id: 'one', topics: ['a'] },
      { id: 'two', topics: ['a', 'b'] },
    ]
    const targets = assignPartitions(
      members,
      new Map([
        ['a', 2],
        ['b', 4],
        ['c', 1],
      ]),
      {},
    )
    expect(targets.b).to.deep.equal(['two', 'two', 'two', 'two'])
    expect(targets.a).to.deep.equal(['one', 'one'])
    expect(targets.c).to.deep.equal([null])
  })
})
