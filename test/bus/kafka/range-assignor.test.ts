import { expect } from 'chai'
import fc from 'fast-check'
import { assignRanges } from '../../../src/bus/kafka/range-assignor.ts'

describe('the range assignor', () => {
  it('shares as Kafka’s RangeAssignor does', () => {
    // The example in the Javadoc of org.apache.kafka.clients.consumer.RangeAssignor: two topics of three partitions, two members.
    const shares = assignRanges(
      [
        { memberId: 'C1', topics: ['t0', 't1'] },
        { memberId: 'C0', topics: ['t0', 't1'] },
      ],
      new Map([
        ['t1', 3],
        ['t0', 3],
      ]),
    )
    const named = (member: string) => shares.get(member)?.map(({ topic, partition }) => `${topic}p${partition}`)
    expect(named('C0')).to.deep.equal(['t0p0', 't0p1', 't1p0', 't1p1'])
    expect(named('C1')).to.deep.equal(['t0p2', 't1p2'])
  })

  it('gives every partition to exactly one member that wants it, in shares that differ by one at most', () => {
    const topics = ['a', 'b', 'c']
    const member = fc.record({ memberId: fc.uuid(), topics: fc.subarray(topics) })
    const counts = fc.tuple(fc.nat(12), fc.nat(12), fc.nat(12))
    fc.assert(
      fc.property(
        fc.uniqueArray(member, { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 6 }),
        counts,
        (members, sizes) => {
          const shares = assignRanges(members, new Map(topics.map((topic, i) => [topic, sizes[i] ?? 0])))
          for (const [i, topic] of topics.entries()) {
            const takers = members.filter((one) => one.topics.includes(topic))
            const dealt = takers.map(({ memberId }) =>
              (shares.get(memberId) ?? []).filter((one) => one.topic === topic).map(({ partition }) => partition),
            )
            const all = dealt.flat().sort((a, b) => a - b)
            expect(all).to.deep.equal(takers.length === 0 ? [] : Array.from({ length: sizes[i] ?? 0 }, (_, partition) => partition))
            const lengths = dealt.map(({ length }) => length)
            if (lengths.length > 0) expect(Math.max(...lengths) - Math.min(...lengths)).to.be.at.most(1)
          }
          for (const { memberId, topics: wanted } of members)
            for (const { topic } of shares.get(memberId) ?? []) expect(wanted).to.include(topic)
        },
      ),
    )
  })
})
