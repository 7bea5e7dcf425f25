import { expect } from 'chai'
import fc from 'fast-check'
import type { OutRecord } from '../../src/bus/bus.ts'
import {
  type EventOf,
  type EventRecord,
  examplesOf,
  keyOf,
  TOPIC_NAMES,
  TOPICS,
  toEventTime,
  tombstone,
  toRecord,
  toRecordFromJson,
  validateRecord,
} from '../../src/events/index.ts'

const headersOf = (record: EventRecord) => Object.fromEntries(record.headers)
const insight: EventOf<'insights'> = {
  event_time: '2026-03-31T14:04:00.125Z',
  insight: 'call_quality_at_risk',
  subject: 'payables-2',
  active: true,
}

describe('toRecord', () => {
  it('makes of every example a record that its schema accepts, with the key and the time of the event', async () => {
    for (const topic of TOPIC_NAMES) {
      for (const event of Object.values(await examplesOf(topic))) {
        const record = toRecord(topic, event as never, { source: '/test' })
        expect(await validateRecord(topic, Buffer.from(record.value ?? ''))).to.equal(null)
        expect(record.key)
          .to.equal(keyOf(topic, event as never))
          .and.to.not.equal('')
        expect(toEventTime(record.timestamp)).to.equal((event as { event_time: string }).event_time)
      }
    }
  })

  it('is CloudEvents 1.0 in binary mode: the required attributes as ce_ headers, the data as it is', () => {
    const record: OutRecord = toRecord('insights', insight, { source: '/analyze/local', id: 'row-1' })
    expect(record.headers).to.deep.equal([
      ['ce_specversion', '1.0'],
      ['ce_id', 'row-1'],
      ['ce_source', '/analyze/local'],
      ['ce_type', 'com.shitops.insights.v1'],
      ['ce_time', '2026-03-31T14:04:00.125Z'],
      ['ce_subject', 'call_quality_at_risk:payables-2'],
      ['content-type', 'application/json'],
    ])
    expect(JSON.parse(String(record.value))).to.deep.equal(insight)
    expect(record.timestamp).to.equal(Date.UTC(2026, 2, 31, 14, 4, 0, 125))
  })

  it('has an id by itself: equal for the same event, another for any other event, topic or source', () => {
    const id = (event: EventOf<'insights'>, source = '/a') => headersOf(toRecord('insights', event, { source })).ce_id
    expect(id(insight)).to.match(/^[0-9a-f]{32}$/)
    expect(id({ ...insight })).to.equal(id(insight))
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.boolean(), (subject, active) => {
        const other = { ...insight, subject, active }
        expect(id(other) === id(insight)).to.equal(subject === insight.subject && active)
      }),
    )
    expect(id(insight, '/b')).to.not.equal(id(insight))
    const json = JSON.stringify(insight)
    const asAlert = toRecordFromJson('alerts', 'call_quality_at_risk:payables-2', json, insight.event_time, { source: '/a' })
    expect(headersOf(asAlert).ce_id).to.not.equal(id(insight))
  })

  it('takes ready JSON text for the same record', () => {
    const options = { source: '/a' }
    const ready = toRecordFromJson('insights', 'call_quality_at_risk:payables-2', JSON.stringify(insight), insight.event_time, options)
    expect(ready).to.deep.equal(toRecord('insights', insight, options))
  })

  it('refuses an event without a time: its record would have none either', () => {
    expect(() => toRecord('insights', { ...insight, event_time: 'noon' }, { source: '/a' })).to.throw(
      'event_time "noon" of a insights record',
    )
  })
})

describe('tombstone', () => {
  it('deletes a key of a compacted topic and says when, with no data and so no content type', () => {
    const record = tombstone('librenms_ports', 'hq:7', Date.UTC(2026, 0, 2), { source: '/librenms/hq' })
    expect(record).to.deep.include({ key: 'hq:7', value: null, timestamp: Date.UTC(2026, 0, 2) })
    expect(headersOf(record)).to.deep.include({
      ce_type: 'com.shitops.librenms_ports.v1',
      ce_time: '2026-01-02T00:00:00.000Z',
      ce_subject: 'hq:7',
    })
    expect(headersOf(record)).to.not.have.property('content-type')
  })

  it('is refused where it deletes nothing', () => {
    for (const topic of TOPIC_NAMES.filter((name) => !TOPICS[name].compacted)) {
      expect(() => tombstone(topic, 'k', 0, { source: '/a' })).to.throw('not compacted')
    }
  })
})
