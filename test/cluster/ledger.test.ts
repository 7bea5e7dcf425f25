import { expect } from 'chai'
import { Gaps, readValue, Stream, sum, valueFor } from './ledger.ts'

describe('the ledger of the cluster test', () => {
  it('tells lost from unknown, and counts what was read twice', () => {
    const stream = new Stream('m')
    stream.acknowledge(stream.take(2))
    stream.refuse(stream.take(2))
    stream.take(1)
    for (const number of [0, 0, 2]) stream.seen(number, 'source')
    expect(stream.count()).to.deep.equal({ produced: 5, acknowledged: 2, unknown: 3, read: 2, lost: 1, doubled: 1, torn: 0 })
    expect(stream.count(2)).to.deep.equal({ produced: 3, acknowledged: 0, unknown: 3, read: 1, lost: 0, doubled: 0, torn: 0 })
  })

  it('wants in a copy what the source has, once', () => {
    const stream = new Stream('s', { copied: true })
    stream.acknowledge(stream.take(3))
    for (const number of [0, 1, 2]) stream.seen(number, 'source')
    for (const number of [0, 1, 1]) stream.seen(number, 'copy')
    expect(stream.count()).to.include({ lost: 1, doubled: 1 })
  })

  it('sees a transaction of which a part is there', () => {
    const stream = new Stream('b', { together: 3 })
    stream.acknowledge(stream.take(3))
    stream.refuse(stream.take(6))
    for (const number of [0, 1, 2, 4]) stream.seen(number, 'source')
    expect(stream.count()).to.include({ torn: 1, lost: 0 })
    expect(sum([stream.count(), stream.count(6)])).to.include({ produced: 12, torn: 1 })
  })

  it('values carry stream and number, key and time', () => {
    expect(readValue(Buffer.from(valueFor('m7', 142, 1_000)))).to.include({ stream: 'm7', number: 142, k: 'm7-45', at: 1_000 })
  })

  it('gaps are per place, and one that is still open counts', () => {
    let now = 100
    const gaps = new Gaps(['a', 'b'], () => now)
    now = 130
    gaps.note('a', 110)
    now = 150
    gaps.note('a', 120)
    expect(gaps.longest).to.deep.equal({ ms: 50, at: 'b' })
    expect(gaps.waiting(115)).to.deep.equal(['b'])
    gaps.note('b', 116)
    expect(gaps.waiting(115)).to.deep.equal([])
    gaps.reset()
    expect(gaps.longest.ms).to.equal(0)
  })
})
