import { expect } from 'chai'
import fc from 'fast-check'
import { decodeLine } from '../../../src/collectors/workflow/decode.ts'
import { Repeats } from '../../../src/collectors/workflow/track.ts'
import { validateRecord } from '../../../src/events/index.ts'

const LINE = { case_id: 'INV-1', activity: 'approve', time: '2026-01-30T09:00:00+01:00' }

describe('a line of finance events', () => {
  it('becomes an event in UTC, complete unless it says otherwise', () => {
    expect(decodeLine(JSON.stringify(LINE))).to.deep.equal({
      event: { event_time: '2026-01-30T08:00:00.000Z', case_id: 'INV-1', activity: 'approve', lifecycle: 'completed' },
    })
  })

  it('keeps what the vocabulary has a place for', () => {
    const line = {
      ...LINE,
      ...{ id: 'e1', case_type: 'invoice', lifecycle: 'start', resource: 'payables-1', team: 'payables' },
      ...{ due: '2026-02-01T00:00:00Z', amount: 12.5, currency: 'EUR' },
    }
    expect(decodeLine(JSON.stringify(line))).to.deep.equal({
      event: {
        event_time: '2026-01-30T08:00:00.000Z',
        case_id: 'INV-1',
        activity: 'approve',
        lifecycle: 'started',
        process: 'invoice',
        event_id: 'e1',
        person: 'payables-1',
        team: 'payables',
        case_due_at: '2026-02-01T00:00:00.000Z',
        amount: 12.5,
        currency: 'EUR',
      },
    })
  })

  const broken: Array<[string, RegExp]> = [
    ['{"case_id":', /not a JSON object/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    [JSON.stringify({ ...LINE, case_id: '' }), /case_id/],
    [JSON.stringify({ ...LINE, activity: 7 }), /activity/],
    [JSON.stringify({ ...LINE, time: '2026-01-30T09:00:00' }), /time .*zone/],
    [JSON.stringify({ ...LINE, time: '2026-13-30T09:00:00Z' }), /time/],
    [JSON.stringify({ ...LINE, lifecycle: 'exploded' }), /lifecycle "exploded"/],
  ]
  for (const [line, problem] of broken)
    it(`${line} is refused`, () => expect((decodeLine(line) as { problem: string }).problem).to.match(problem))

  it('never throws, and gives only valid events', async () => {
    const field = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.constant(null),
      fc.date({ noInvalidDate: true }).map(String),
      fc.constant('2026-01-30T09:00:00Z'),
    )
    const object = fc.record(
      {
        case_id: field,
        activity: field,
        time: field,
        lifecycle: field,
        due: field,
        amount: field,
        currency: field,
        team: field,
        id: field,
      },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          object.map((fields) => JSON.stringify(fields)),
          fc.string(),
        ),
        async (line) => {
          const decoded = decodeLine(line)
          if ('event' in decoded) expect(await validateRecord('workflow_events', Buffer.from(JSON.stringify(decoded.event)))).to.equal(null)
          else expect(decoded.problem).to.have.length.above(0)
        },
      ),
    )
  })

  it('sent twice is told by its id, as long as it is remembered', () => {
    const repeats = new Repeats()
    const event = (event_id?: string) => ({
      ...{ event_time: '', case_id: 'c', activity: 'a', lifecycle: 'completed' as const },
      ...(event_id && { event_id }),
    })
    expect(repeats.isRepeat(event('e0'))).to.equal(false)
    expect(repeats.isRepeat(event('e0'))).to.equal(true)
    expect(repeats.isRepeat(event())).to.equal(false)
    expect(repeats.isRepeat(event())).to.equal(false)
    for (let i = 1; i <= 10_000; i++) repeats.isRepeat(event(`e${i}`))
    expect(repeats.isRepeat(event('e10000'))).to.equal(true)
    expect(repeats.isRepeat(event('e0'))).to.equal(false)
  })
})
