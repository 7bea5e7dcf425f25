import { expect } from 'chai'
import fc from 'fast-check'
import { EventOrder } from '../../src/query/event-order.ts'

const events = fc.array(
  fc.record({ topic: fc.constantFrom('a', 'b'), partition: fc.nat(2), offset: fc.nat(20), time: fc.nat(30), value: fc.constant({}) }),
  { maxLength: 60 },
)

describe('the order of events', () => {
  it('is time, then topic, partition and offset; nothing after the watermark comes out', () => {
    fc.assert(
      fc.property(events, fc.nat(30), (given, watermark) => {
        const order = new EventOrder()
        for (const event of given) order.push(event)
        const out = []
        for (let event = order.pop(watermark); event; event = order.pop(watermark)) out.push(event)
        const by = (a: (typeof given)[number], b: (typeof given)[number]) =>
          a.time - b.time || a.topic.localeCompare(b.topic) || a.partition - b.partition || a.offset - b.offset
        expect(out).to.deep.equal(given.filter(({ time }) => time <= watermark).sort(by))
        expect(order.waiting).to.equal(given.length - out.length)
        for (const [topic, partition] of [
          ['a', 0],
          ['b', 2],
        ] as const) {
          const left = given.filter((e) => e.time > watermark && e.topic === topic && e.partition === partition).map((e) => e.offset)
          expect(order.firstWaiting(topic, partition)).to.equal(left.length > 0 ? Math.min(...left) : undefined)
        }
      }),
    )
  })
})
