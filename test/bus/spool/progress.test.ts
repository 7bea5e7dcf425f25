import { expect } from 'chai'
import { Progress } from '../../../src/bus/spool/progress.ts'

const TOTALS = { forwarded: 5, dropped: 1, refused: 2 }

describe('how far a spool has been forwarded', () => {
  it('goes on from what is noted, and counts what arrived without being noted', () => {
    const progress = new Progress()
    progress.recall({ position: 8, totals: TOTALS })
    progress.settle(11)
    expect([progress.position, progress.totals]).to.deep.equal([11, { ...TOTALS, forwarded: 8 }])
    progress.recall({ position: 9, totals: { forwarded: 0, dropped: 0, refused: 0 } })
    expect([progress.position, progress.totals], 'what is noted is older').to.deep.equal([11, { ...TOTALS, forwarded: 8 }])
  })

  it('counts what is gone only for good once the target has said how much of it it has', () => {
    const progress = new Progress()
    progress.recall({ position: 10, totals: TOTALS })
    expect(progress.noticeGap(14)).to.equal(true)
    expect([progress.position, progress.next, progress.totals.dropped, progress.counted.dropped]).to.deep.equal([10, 14, 5, 1])
    progress.settle(12)
    expect(progress.noticeGap(14)).to.equal(true)
    expect([progress.position, progress.next, progress.totals]).to.deep.equal([14, 14, { forwarded: 7, dropped: 3, refused: 2 }])
    expect(progress.counted).to.deep.equal(progress.totals)
    expect(progress.noticeGap(14), 'nothing new').to.equal(false)
  })

  it('is in doubt again while something is sent', () => {
    const progress = new Progress()
    progress.settle(0)
    progress.unsettled()
    progress.noticeGap(3)
    expect([progress.position, progress.totals.dropped]).to.deep.equal([0, 3])
    progress.moved(4, 4)
    progress.settled()
    expect(progress.noticeGap(3)).to.equal(false)
    expect([progress.position, progress.totals]).to.deep.equal([4, { forwarded: 4, dropped: 0, refused: 0 }])
  })

  it('counts a refused record apart, and follows whoever else forwards', () => {
    const progress = new Progress()
    progress.settle(0)
    progress.refused(1)
    expect(progress.totals).to.deep.equal({ forwarded: 0, dropped: 0, refused: 1 })
    expect(progress.follow({ position: 6, totals: TOTALS })).to.equal(true)
    expect(progress.follow({ position: 6, totals: TOTALS })).to.equal(false)
    expect([progress.position, progress.totals]).to.deep.equal([6, TOTALS])
  })
})
