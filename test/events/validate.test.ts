import { expect } from 'chai'
import { examplesOf, TOPIC_NAMES, TOPICS, validateRecord, validatorOf } from '../../src/events/index.ts'

const metric = {
  event_time: '2026-03-31T14:02:11.250Z',
  target: 'access-1',
  metric: 'packet_loss',
  instance: 'ethernet-1/49',
  value: 0.034,
  unit: 'ratio',
  collector: 'gnmi',
}
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const problemsOf = (value: unknown) => validateRecord('device_metrics', bytes(value))

describe('validateRecord', () => {
  it('passes valid values of every topic, and anything for a topic without a schema', async () => {
    for (const topic of TOPIC_NAMES) {
      const { full } = await examplesOf(topic)
      expect(await validateRecord(topic, bytes(full)), topic).to.equal(null)
    }
    expect(await validateRecord('payments', Buffer.from('not json'))).to.equal(null)
    expect(await validatorOf('device_metrics.dlq')).to.equal(null)
  })

  it('names each field that is wrong and says what it should be', async () => {
    expect(await problemsOf({ ...metric, value: '0.034', event_time: 'noon', collector: 'snmp' })).to.deep.equal([
      { path: 'event_time', message: 'Invalid ISO datetime' },
      { path: 'value', message: 'expected number, received string' },
      { path: 'collector', message: 'expected one of "gnmi"|"librenms"|"librenms_kafka"|"agent"|"other"' },
    ])
  })

  it('names a missing field, and for an unknown one the nearest', async () => {
    const { unit: _, ...rest } = metric
    expect(await problemsOf({ ...rest, untis: 'ratio', zzz: 1 })).to.deep.equal([
      { path: 'unit', message: 'is missing' },
      { path: 'untis', message: 'is not a field; did you mean unit?' },
      { path: 'zzz', message: 'is not a field' },
    ])
  })

  it('gives the path into arrays and objects', async () => {
    const { full } = await examplesOf('device_telemetry')
    const broken = { ...full, updates: [full.updates?.[0], { ...full.updates?.[1], type: 'uint64', extra: 1 }] }
    const paths = (await validateRecord('device_telemetry', bytes(broken)))?.map(({ path }) => path)
    expect(paths).to.have.members(['updates[1].type', 'updates[1].extra'])
  })

  it('says what is not JSON, not UTF-8, or not an object', async () => {
    const check = async (value: Buffer) => (await validateRecord('device_metrics', value))?.map(({ message }) => message).join()
    expect(await check(Buffer.from('{"a":'))).to.match(/^is not JSON: /)
    expect(await check(Buffer.alloc(0))).to.match(/^is not JSON: /)
    expect(await check(Buffer.from([0x22, 0xff, 0x22]))).to.equal('is not UTF-8 text')
    expect(await check(Buffer.from('[1]'))).to.equal('expected object, received array')
  })

  it('refuses a whole number that JSON.parse has already rounded', async () => {
    const { minimal } = await examplesOf('librenms_ports')
    const text = JSON.stringify(minimal).replace('4711', '9007199254740993')
    const problems = await validateRecord('librenms_ports', Buffer.from(text))
    expect(problems?.map(({ path }) => path)).to.deep.equal(['port_id'])
  })

  it('takes a null for a tombstone where there are tombstones', async () => {
    for (const topic of TOPIC_NAMES) {
      const problems = await validateRecord(topic, null)
      expect(problems === null, topic).to.equal(TOPICS[topic].compacted)
    }
  })
})
