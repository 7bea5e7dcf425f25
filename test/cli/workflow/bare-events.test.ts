import { expect } from 'chai'
import fc from 'fast-check'
import { inTimeOrder } from '../../../src/cli/workflow/bare-events.ts'
import type { PlacedEvent } from '../../../src/mining/placed-event.ts'
import { at } from '../../mining/events.ts'

async function* given(events: readonly PlacedEvent[]) {
  yield* events
}

describe('events in order of time', () => {
  it('are those that came, sorted, and in the order in which they came where times are equal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 60 }), async (minutes) => {
        const events = minutes.map((minute, line) => ({ event: at(minute, `c${line % 3}`, 'a'), place: { file: 'f', line } }))
        const sorted = await inTimeOrder(given(events))
        const expected = minutes.map((minute, line) => [minute, line] as const).sort(([a, i], [b, j]) => a - b || i - j)
        expect(sorted.map(({ place }) => ('line' in place ? place.line : -1))).to.deep.equal(expected.map(([, line]) => line))
      }),
    )
  })

  it('keep all that rules look at, and nothing else', async () => {
    const kept = {
      process: 'p2p',
      person: 'p1',
      team: 't1',
      amount: 0,
      currency: 'EUR',
      due_at: '2026-03-02T10:00:00.000Z',
      case_due_at: '2026-03-03T10:00:00.000Z',
    }
    const event = at(0, 'a', 'pay', { ...kept, attributes: { note: 'x' }, case_attributes: { y: 1 }, event_id: 'e' })
    expect(await inTimeOrder(given([{ event, place: { file: 'f', line: 1 } }]))).to.deep.equal([
      { event: at(0, 'a', 'pay', kept), place: { file: 'f', line: 1 } },
    ])
  })
})
