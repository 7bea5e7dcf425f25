import { expect } from 'chai'
import { decodeStore } from '../../../../src/collectors/librenms/kafka-store/decode-store.ts'
import { runKafkaStore } from '../../../../src/collectors/librenms/kafka-store/run-kafka-store.ts'
import { storeRecords } from '../../../../src/office/librenms/kafka-store.ts'
import { PATIENCE } from '../../../support/patience.ts'
import { Rig } from '../sync/rig.ts'

const record = (measurement: string, fields: object, tags: object = {}) =>
  Buffer.from(JSON.stringify({ measurement, fields, tags: { hostname: 'a', current_polled_time: 1_700_000_000, ...tags } }))

describe("LibreNMS's Kafka store", () => {
  it('gives samples of text, and none of null and U', () => {
    expect(
      decodeStore(record('ports', { ifInBits_rate: '800', ifOutBits_rate: 'U', ifOutOctets_rate: null }, { ifIndex: '3', ifName: 'e3' })),
    ).to.deep.equal([{ hostname: 'a', at: 1_700_000_000_000, metric: 'if_in_bps', value: 800, instance: 'e3', ifIndex: 3 }])
    expect(decodeStore(record('uptime', { uptime: 'U' }))).to.deep.equal([])
    expect(decodeStore(record('processors', { usage: 12 }, { processor_index: '1' }))).to.deep.include({
      hostname: 'a',
      at: 1_700_000_000_000,
      metric: 'cpu_load',
      value: 0.12,
      instance: '1',
    })
  })

  it('passes over measurements that it does not know, and tells what is no record', () => {
    expect(decodeStore(record('constructor', {}))).to.deep.equal([])
    expect(decodeStore(record('toner', { toner: 3 }))).to.deep.equal([])
    for (const bad of ['', '{', '[]', '7', '{"measurement":"ports"}']) expect(decodeStore(Buffer.from(bad)), bad).to.be.a('string')
    expect(decodeStore(null)).to.be.a('string')
  })

  it('joins by device and ifIndex, once each, and keeps what is broken', async () => {
    const rig = await Rig.open()
    try {
      rig.world.pollAll()
      const once = await rig.sync({ once: true })
      await once.everything()
      await rig.bus.createTopic({ name: 'librenms', partitions: 1 })
      const stop = new AbortController()
      const context = { config: { bus: rig.bus, topic: 'librenms' }, bus: rig.bus, clock: rig.clock, signal: stop.signal }
      const running = runKafkaStore({ ...context, metrics: rig.metrics, logger: rig.logger })
      await rig.bus.append('librenms', [{ key: '1', value: '{' }])
      const records = [...storeRecords(rig.world.device(1))].map(({ key, value }) => ({ key, value }))
      // Until the group has its position, which begins at the end.
      while (rig.metrics.get('store_records') === 0) {
        await rig.bus.append('librenms', [{ key: '1', value: '{' }])
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      const before = rig.metrics.get('store_samples')
      await rig.bus.append('librenms', records)
      await rig.metrics.reaches('store_samples', before + 1, AbortSignal.timeout(PATIENCE))
      stop.abort()
      await running
      const samples = (await rig.values('device_metrics')).filter(({ collector }) => collector === 'librenms_kafka')
      expect(samples.length).to.equal(rig.metrics.get('store_samples'))
      expect(samples.filter(({ metric }) => metric === 'if_in_bps').map(({ instance }) => instance)).to.include('Ethernet1/1')
      expect((await rig.records('device_metrics.dlq')).length).to.equal(rig.metrics.get('malformed'))
      await rig.validate()
    } finally {
      await rig.close()
    }
  })
})
