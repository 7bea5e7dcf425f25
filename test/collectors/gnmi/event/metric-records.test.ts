import { expect } from 'chai'
import fc from 'fast-check'
import { MetricRecords, type SampleFacts } from '../../../../src/collectors/gnmi/event/metric-records.ts'
import type { Sample } from '../../../../src/collectors/gnmi/normalise/sample.ts'
import { toRecord, validatorOf } from '../../../../src/events/index.ts'

const TIME = Date.UTC(2026, 2, 31, 14, 2, 11, 250)
const STREAM = { target: 'access-1', epoch: 3, source: '/gnmi/access-1' }
const OWNER = { role: 'switch', person: 'payables-2', team: 'payables', site: 'hq' }
const RATE: Sample = { metric: 'if_in_bps', unit: 'bit/s', instance: 'e1', value: 8_000, interval: 10.5 }

/** The same by JSON.stringify and the vocabulary. */
function plain({ target, epoch, source, ...owner }: SampleFacts, { interval, ...sample }: Sample, time: number, id: number) {
  const { metric, instance, value, unit } = sample
  const event = {
    ...{ event_time: new Date(time).toISOString(), target, metric, instance, value, unit, collector: 'gnmi' as const },
    ...Object.fromEntries(Object.entries(owner).filter(([, text]) => text)),
    ...(interval !== undefined && { interval_s: interval }),
  }
  return toRecord('device_metrics', event, { source, id: `${epoch}-m${id}` })
}

const texts = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', 'e1', 'ethernet-1/49', 'Zürich "1"\n'))
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, 2 ** 53, 1e21, 5e-324),
)
const samples = fc.record(
  { metric: texts, unit: texts, instance: texts, value: numbers, interval: numbers },
  { requiredKeys: ['metric', 'unit', 'instance', 'value'] },
) as fc.Arbitrary<Sample>
const owners = fc.record({ role: texts, person: texts, team: texts, site: texts }, { requiredKeys: [] })
const times = fc.integer({ min: 0, max: Date.UTC(2262, 0) })

describe('device_metrics records', () => {
  it('are what the vocabulary makes of the same events', () => {
    fc.assert(
      fc.property(texts, owners, fc.array(fc.tuple(samples, times), { maxLength: 5 }), (target, owner, list) => {
        const facts = { ...owner, target, epoch: 7, source: `/gnmi/${target}` }
        const records = new MetricRecords(facts)
        list.forEach(([sample, time], i) => {
          const { value, ...record } = records.build(sample, time)
          expect({ ...record, value: String(value) }).to.deep.equal(plain(facts, sample, time, i + 1))
        })
      }),
    )
  })

  it('fit the schema', async () => {
    const validate = await validatorOf('device_metrics')
    for (const owner of [{}, OWNER]) {
      const { value } = new MetricRecords({ ...STREAM, ...owner }).build(RATE, TIME)
      expect(validate?.(value as Buffer)).to.equal(null)
    }
  })

  it('of two streams and two instances in turn have each their own', () => {
    const streams = [new MetricRecords(STREAM), new MetricRecords({ ...STREAM, ...OWNER, target: 'access-2' })]
    const built = ['e1', 'e2', 'e1'].flatMap((instance) => streams.map((records) => records.build({ ...RATE, instance }, TIME)))
    const said = built.map(({ value }) => JSON.parse(String(value)))
    expect(said.map(({ target, instance, site }) => [target, instance, site])).to.deep.equal([
      ...[
        ['access-1', 'e1', undefined],
        ['access-2', 'e1', 'hq'],
      ],
      ...[
        ['access-1', 'e2', undefined],
        ['access-2', 'e2', 'hq'],
      ],
      ...[
        ['access-1', 'e1', undefined],
        ['access-2', 'e1', 'hq'],
      ],
    ])
  })

  it('are right beyond what is remembered', () => {
    const records = new MetricRecords(STREAM)
    for (let i = 0; i < 20_000; i++) records.build({ ...RATE, instance: `e${i}` }, TIME)
    for (const instance of ['e0', 'e19999', 'other'])
      expect(JSON.parse(String(records.build({ ...RATE, instance }, TIME).value))).to.include({ instance, metric: 'if_in_bps' })
  })
})
