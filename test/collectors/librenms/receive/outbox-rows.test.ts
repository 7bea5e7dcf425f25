import { expect } from 'chai'
import fc from 'fast-check'
import { parseOutboxRows } from '../../../../src/collectors/librenms/receive/outbox-rows.ts'
import { validateRecord } from '../../../../src/events/index.ts'

const NOW = Date.UTC(2026, 10, 25, 12)
const around = { instance: 'hq', batchKey: 'b1', now: NOW }
const row = (given: object) => JSON.stringify({ v: 1, id: 7, kind: 'port', device_id: 3, at: '2026-11-25T11:59:58Z', data: {}, ...given })

describe("rows of the plugin's batch", () => {
  it('become rings that say where to look, and nothing of what they claim', async () => {
    const { rings, bad } = parseOutboxRows(
      [
        row({ data: { reference: 17, action: 'updated', ifOperStatus: 'down' } }),
        row({ id: 8, kind: 'eventlog', data: { event_id: 99, type: 'interface', message: 'ifOperStatus: up -> down' } }),
        row({ id: 9, kind: 'alertlog', data: { id: 5, rule_id: 2, state: 1 } }),
        row({ id: 10, kind: 'lost', device_id: 0, data: { rows: 400 } }),
      ].join('\n'),
      around,
    )
    const common = { event_time: '2026-11-25T11:59:58.000Z', instance: 'hq', rung_by: 'plugin', batch_key: 'b1' }
    expect(bad).to.deep.equal([])
    expect(rings).to.deep.equal([
      { ...common, device_id: 3, about: 'port', change: 'updated', reference: '17', outbox_id: 7 },
      { ...common, device_id: 3, about: 'eventlog', reference: '99', event_type: 'interface', outbox_id: 8 },
      { ...common, device_id: 3, about: 'alertlog', reference: '5', rule_id: 2, outbox_id: 9 },
      { ...common, device_id: 0, about: 'everything', outbox_id: 10 },
    ])
    for (const ring of rings) expect(await validateRecord('librenms_doorbell', Buffer.from(JSON.stringify(ring)))).to.equal(null)
  })

  it('that cannot be used are told one by one, and take no other with them', () => {
    const lines = [
      '{',
      '[]',
      row({ v: 2 }),
      row({ id: 0 }),
      row({ kind: 'rule' }),
      row({ device_id: -1 }),
      row({ data: null }),
      row({ at: 'soon' }),
      row({}),
    ]
    const { rings, bad } = parseOutboxRows(lines.join('\n'), around)
    expect(rings).to.have.lengthOf(1)
    expect(bad.map(({ why }) => why.split(' ')[0])).to.deep.equal(['it', 'it', 'v', 'id', 'kind', 'device_id', 'data', 'at'])
  })

  it('never put the time of a topic forward', () => {
    expect(parseOutboxRows(row({ at: '2099-01-01T00:00:00Z' }), around).rings[0]?.event_time).to.equal('2026-11-25T12:00:00.000Z')
  })

  it('are valid rings or bad rows, whatever comes', async () => {
    const any = fc.oneof(
      fc.json().filter((text) => !text.includes('\n')),
      fc
        .record({
          v: fc.constant(1),
          id: fc.anything(),
          kind: fc.constantFrom('port', 'eventlog', 'device', 'x'),
          device_id: fc.oneof(fc.nat(), fc.anything()),
          at: fc.oneof(fc.constant('2026-01-01T00:00:00Z'), fc.string()),
          data: fc.oneof(fc.dictionary(fc.constantFrom('reference', 'event_id', 'action', 'type'), fc.anything()), fc.anything()),
        })
        .map((value) => JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner))),
    )
    await fc.assert(
      fc.asyncProperty(any, async (line) => {
        const { rings, bad } = parseOutboxRows(line, around)
        expect(rings.length + bad.length).to.equal(line.trim() === '' ? 0 : 1)
        for (const ring of rings) expect(await validateRecord('librenms_doorbell', Buffer.from(JSON.stringify(ring)))).to.equal(null)
      }),
    )
  })
})
