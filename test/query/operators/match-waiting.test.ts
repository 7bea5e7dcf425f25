import { expect } from 'chai'
import fc from 'fast-check'
import { WaitingRows } from '../../../src/query/operators/match-waiting.ts'

/** Pushes come one by one; a number says how far the watermark goes behind the latest time after it. */
const arrivals = fc.array(fc.record({ time: fc.nat(50), take: fc.nat(3) }), { maxLength: 60 })

describe('match waiting rows', () => {
  it('come out by time, then by arrival, wherever the state is saved and loaded', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(60), (pushes, savedAt) => {
        let waiting = new WaitingRows()
        let model: Array<{ time: number; id: number }> = []
        for (const [id, { time, take }] of pushes.entries()) {
          waiting.push(time, [id])
          model.push({ time, id })
          model = model.sort((a, b) => a.time - b.time || a.id - b.id)
          for (let i = 0; i < take && model.length > 0; i++) {
            expect(waiting.next).to.equal(model[0]?.time)
            expect(waiting.pop()?.[0]).to.equal(model.shift()?.id)
          }
          expect(waiting.size).to.equal(model.length)
          if (id === savedAt) waiting = WaitingRows.load(structuredClone(waiting.save()))
        }
        while (model.length > 0) expect(waiting.pop()?.[0]).to.equal(model.shift()?.id)
        expect(waiting.next).to.equal(Number.POSITIVE_INFINITY)
        expect(waiting.pop()).to.equal(undefined)
      }),
    )
  })

  it('lets go of what went out', () => {
    const waiting = new WaitingRows()
    for (let i = 0; i < 5000; i++) {
      waiting.push(i, [i])
      if (i >= 10) expect(waiting.pop()?.[0]).to.equal(i - 10)
    }
    expect((waiting.save() as { rows: unknown[] }).rows).to.have.length(10)
    expect(waiting.size).to.equal(10)
  })
})
