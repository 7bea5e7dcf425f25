import { expect } from 'chai'
import { TOPIC_NAMES } from '../../../src/events/topics.ts'
import { flinkTopicDdl } from '../../../src/query/flink/ddl.ts'

const brokers = ['k1:9092', 'k2:9092']

describe('DDL of topics for a Flink cluster', () => {
  it('an append-only topic: fields, metadata, watermark, where to begin', async () => {
    const ddl = await flinkTopicDdl('device_metrics', { brokers, group: 'g', disorderSeconds: 7 })
    expect(ddl).to.include('CREATE TABLE `device_metrics` (')
    expect(ddl).to.include('`event_time` TIMESTAMP_LTZ(3)').and.include('`value` DOUBLE').and.include('`labels` MAP<STRING, STRING>')
    expect(ddl).to.include("record_offset BIGINT METADATA FROM 'offset' VIRTUAL")
    expect(ddl).to.include("WATERMARK FOR event_time AS event_time - INTERVAL '7' SECOND")
    expect(ddl).to.include("'connector' = 'kafka'").and.include("'scan.startup.mode' = 'earliest-offset'")
    expect(ddl).to.include("'properties.bootstrap.servers' = 'k1:9092,k2:9092'").and.include("'properties.group.id' = 'g'")
    expect(ddl).to.include("'scan.watermark.idle-timeout' = '60 s'")
  })

  it('a compacted topic is a table by key, without a start', async () => {
    const ddl = await flinkTopicDdl('librenms_devices', { brokers, from: 'end' })
    expect(ddl).to.include("'connector' = 'upsert-kafka'").and.include('PRIMARY KEY (record_key) NOT ENFORCED')
    expect(ddl).to.not.include('scan.startup.mode')
  })

  it('a field that may be null has the type of what else it may be', async () => {
    expect(await flinkTopicDdl('insights', { brokers }))
      .to.include('`observed` DOUBLE')
      .and.include('`score` DOUBLE')
    const presence = await flinkTopicDdl('device_presence', { brokers })
    expect(presence).to.include('`charging` BOOLEAN').and.include('`rssi_dbm` DOUBLE').and.include('`device_count` BIGINT')
    expect(await flinkTopicDdl('workflow_events', { brokers })).to.include('`due_at` TIMESTAMP_LTZ(3)')
  })

  it('begins at the end, at a group, stops at the end', async () => {
    expect(await flinkTopicDdl('workflow_events', { brokers, from: 'end' })).to.include("'scan.startup.mode' = 'latest-offset'")
    const resumed = await flinkTopicDdl('workflow_events', { brokers, from: 'group', group: 'g', untilEnd: true, idleSeconds: 3 })
    expect(resumed).to.include("'scan.startup.mode' = 'group-offsets'").and.include("'properties.auto.offset.reset' = 'earliest'")
    expect(resumed).to.include("'scan.bounded.mode' = 'latest-offset'").and.include("'scan.watermark.idle-timeout' = '3 s'")
  })

  it('writes exactly once where it is asked to', async () => {
    expect(await flinkTopicDdl('insights', { brokers })).to.not.include('sink.')
    const ddl = await flinkTopicDdl('insights', {
      brokers,
      transactionalIdPrefix: 'shitops-loss',
      transactionTimeoutSeconds: 90,
      name: 'out',
    })
    expect(ddl).to.include('CREATE TABLE `out`').and.include("'sink.delivery-guarantee' = 'exactly-once'")
    expect(ddl).to.include("'sink.transactional-id-prefix' = 'shitops-loss'").and.include("'properties.transaction.timeout.ms' = '90000'")
  })

  it('quotes what is handed in', async () => {
    const ddl = await flinkTopicDdl('insights', { brokers, group: "it's", client: { 'client.id': "o'k" } })
    expect(ddl).to.include("'properties.group.id' = 'it''s'").and.include("'properties.client.id' = 'o''k'")
  })

  it('exists for every topic', async () => {
    for (const topic of TOPIC_NAMES) expect(await flinkTopicDdl(topic, { brokers }), topic).to.include(`'topic' = '${topic}'`)
  })
})
