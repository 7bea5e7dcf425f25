import { expect } from 'chai'
import fc from 'fast-check'
import { LastTimes } from '../../../../src/collectors/librenms/samples/last-times.ts'

describe('LastTimes', () => {
  it('lets a sample by that is newer than the last of its kind, and no other', () => {
    const sample = fc.record({ id: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.maxSafeInteger()), time: fc.integer({ min: 1, max: 50 }) })
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 300 }), (samples) => {
        const times = new LastTimes()
        const model = new Map<number, number>()
        for (const { id, time } of samples) {
          const isNew = time > (model.get(id) ?? 0)
          expect(times.advance(id, time)).to.equal(isNew)
          if (isNew) model.set(id, time)
        }
      }),
    )
  })

  it('takes a time that no number of 32 bits holds once', () => {
    const times = new LastTimes()
    expect([times.advance(1, 2 ** 40), times.advance(1, 2 ** 40), times.advance(1, 2 ** 41)]).to.deep.equal([true, false, false])
  })
})
