import { expect } from 'chai'
import type { DeviceTelemetry } from '../../../../src/events/event-types.ts'
import { SEQUENCE_BASE, STREAM_NUMBERS } from '../../../../src/office/gnmi/load/counters.ts'
import { Ledger } from './ledger.ts'

const TIME = '2026-01-30T08:00:00.000Z'
const fact = (epoch: number, kind: DeviceTelemetry['kind']): DeviceTelemetry => ({
  ...{ event_time: TIME, received_at: TIME, target: 'core-1', kind, epoch },
})
const message = (epoch: number, stream: number, number: number): DeviceTelemetry => ({
  ...fact(epoch, 'notification'),
  updates: [{ path: '/a', type: 'uint', value: SEQUENCE_BASE + stream * STREAM_NUMBERS + number }],
})

function verdict(records: readonly DeviceTelemetry[], complete: ReadonlyArray<readonly [number, number]> = []) {
  const ledger = new Ledger('core-1', 1)
  for (const record of records) ledger.add(record)
  ledger.close(new Map(complete))
  const { said, ...counts } = ledger.violations
  return counts
}

const CLEAN = { lost: 0, doubled: 0, misplaced: 0, facts: 0 }
const whole = (epoch: number, stream: number) => [
  ...[fact(epoch, 'connected'), message(epoch, stream, 0), fact(epoch, 'synced')],
  ...[message(epoch, stream, 1), message(epoch, stream, 2), fact(epoch, 'lost')],
]

describe('the ledger of a soak', () => {
  it('has nothing against whole streams, attempts that failed, and a stream that was cut', () => {
    const cut = [fact(4, 'connected'), message(4, 7, 0), fact(4, 'stale'), fact(4, 'lost')]
    expect(
      verdict(
        [...whole(1, 0), fact(2, 'lost'), ...whole(3, 1), ...cut],
        [
          [0, 3],
          [1, 3],
        ],
      ),
    ).to.deep.equal(CLEAN)
  })

  const wrong: Array<[string, DeviceTelemetry[], Partial<typeof CLEAN>, Array<[number, number]>?]> = [
    ['a gap', whole(1, 0).filter((_, i) => i !== 3), { lost: 1 }],
    ['a first message that is missing', whole(1, 0).filter((_, i) => i !== 1), { lost: 1 }],
    ['the last message of a complete stream that is missing', whole(1, 0).filter((_, i) => i !== 4), { lost: 1 }, [[0, 3]]],
    [
      'a complete stream that is missing',
      whole(1, 0),
      { lost: 2 },
      [
        [0, 3],
        [1, 2],
      ],
    ],
    ['a message that is there twice', whole(1, 0).flatMap((one, i) => (i === 3 ? [one, one] : [one])), { doubled: 1 }],
    ['a message of another stream', whole(1, 0).map((one, i) => (i === 3 ? message(1, 5, 1) : one)), { misplaced: 1 }],
    ['a stream in a second epoch', [...whole(1, 0), fact(2, 'connected'), message(2, 0, 3), fact(2, 'lost')], { doubled: 1, lost: 3 }],
    ['data before the connection', whole(1, 0).slice(1), { facts: 2 }],
    ['an epoch without an end', whole(1, 0).slice(0, -1), { facts: 1 }],
    ['an epoch that begins before the end of another', [...whole(1, 0).slice(0, -1), ...whole(2, 1)], { facts: 1 }],
    ['an epoch that goes back', [...whole(2, 0), ...whole(1, 1)], { facts: 1 }],
    ['data after the loss', [...whole(1, 0), message(1, 0, 3)], { facts: 1 }],
    ['a second synced', whole(1, 0).flatMap((one) => (one.kind === 'synced' ? [one, one] : [one])), { facts: 1 }],
    ['a message without updates', [fact(1, 'connected'), fact(1, 'notification'), fact(1, 'lost')], { misplaced: 1 }],
  ]
  for (const [what, records, counts, complete] of wrong)
    it(`sees ${what}`, () => expect(verdict(records, complete)).to.deep.equal({ ...CLEAN, ...counts }))
})
