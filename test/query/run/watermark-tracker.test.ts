import { expect } from 'chai'
import { WatermarkTracker } from '../../../src/query/run/watermark-tracker.ts'

describe('the watermark of a scan', () => {
  let told: number[]
  let tracker: WatermarkTracker
  beforeEach(() => {
    told = []
    tracker = new WatermarkTracker((ms) => told.push(ms))
    tracker.expect([0, 1])
  })

  it('is that of the slowest partition, of those from which something comes', () => {
    tracker.saw(0, 10)
    expect(told).to.deep.equal([])
    tracker.saw(1, 5)
    tracker.idle(1)
    tracker.saw(0, 20)
    expect(told).to.deep.equal([5, 10, 20])
    tracker.saw(1, 30)
    expect(told).to.deep.equal([5, 10, 20])
  })

  it('rests when nothing comes from any partition, and follows others then; it never goes back', () => {
    tracker.saw(0, 10)
    tracker.saw(1, 10)
    expect(tracker.resting).to.equal(false)
    tracker.idle(0)
    tracker.idle(1)
    expect(tracker.resting).to.equal(true)
    tracker.advanceTo(50)
    tracker.advanceTo(40)
    expect(told).to.deep.equal([10, 50])
    tracker.saw(0, 45)
    expect(tracker.resting).to.equal(false)
    tracker.saw(0, 60)
    expect(told).to.deep.equal([10, 50, 60])
  })

  it('rests after it was stored and restored, too', () => {
    tracker.saw(0, 10)
    tracker.saw(1, 10)
    tracker.idle(0)
    tracker.idle(1)
    const other = new WatermarkTracker((ms) => told.push(ms))
    other.load(structuredClone(tracker.save()))
    expect(other.resting).to.equal(true)
    expect(other.current).to.equal(10)
  })
})
