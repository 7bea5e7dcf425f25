import { expect } from 'chai'
import fc from 'fast-check'
import type { OutRecord } from '../../src/bus/bus.ts'
import { dlqRecord, dlqTopic } from '../../src/events/index.ts'

const reason = { code: 'SHITOPS_E_RECORD_INVALID', message: 'metric: is missing' }
const NOW = Date.UTC(2026, 2, 31, 14)

describe('dead letters', () => {
  it('go to the topic named after theirs', () => {
    expect(dlqTopic('device_metrics')).to.equal('device_metrics.dlq')
  })

  it('keep the record and say why, from where and when', () => {
    const letter = { key: 'k', value: Buffer.from('{bad'), timestamp: 12, headers: [['a', 'b']] as const, partition: 2, offset: 99 }
    const record: OutRecord = dlqRecord('device_metrics', letter, reason, NOW)
    expect(record).to.deep.equal({
      key: 'k',
      value: Buffer.from('{bad'),
      timestamp: 12,
      headers: [
        ['a', 'b'],
        ['dlq_reason', 'SHITOPS_E_RECORD_INVALID'],
        ['dlq_message', 'metric: is missing'],
        ['dlq_topic', 'device_metrics'],
        ['dlq_partition', '2'],
        ['dlq_offset', '99'],
        ['dlq_time', '2026-03-31T14:00:00.000Z'],
      ],
    })
  })

  it('need no more than bytes: a frame that never was a record', () => {
    const record = dlqRecord('device_telemetry', { value: Buffer.from([0xff, 0x00]) }, reason, NOW)
    expect(record).to.deep.include({ key: null, value: Buffer.from([0xff, 0x00]), timestamp: NOW })
    expect(record.headers.map(([name]) => name)).to.deep.equal(['dlq_reason', 'dlq_message', 'dlq_topic', 'dlq_time'])
  })

  it('keep any bytes as they are, and a second failure replaces the first reason only', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array))
    const headers = fc.array(fc.tuple(fc.stringMatching(/^[a-c]{1,3}$/), bytes))
    fc.assert(
      fc.property(fc.option(bytes), fc.option(bytes), headers, (key, value, own) => {
        const once = dlqRecord('t', { key, value, headers: own, offset: 5 }, { code: 'first', message: 'm' }, 1)
        const twice = dlqRecord('t', once, reason, NOW)
        expect(twice.key).to.equal(key)
        expect(twice.value).to.equal(value)
        expect(twice.headers.slice(0, own.length)).to.deep.equal(own)
        expect(twice.headers.filter(([name]) => name === 'dlq_reason')).to.deep.equal([['dlq_reason', reason.code]])
      }),
    )
  })
})
