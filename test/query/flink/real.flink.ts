import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { toRecord } from '../../../src/events/record.ts'
import { examplesOf } from '../../../src/events/schemas.ts'
import { TOPIC_NAMES, topicSpec } from '../../../src/events/topics.ts'
import { flinkTopicDdl } from '../../../src/query/flink/ddl.ts'
import { FlinkGateway } from '../../../src/query/flink/gateway.ts'
import { rowText } from '../../../src/query/flink/lossless.ts'
import type { FlinkSession } from '../../../src/query/flink/session.ts'
import { describeFlink } from '../../support/flink/index.ts'
import { missingForKafka } from '../../support/kafka/distribution.ts'
import { startKafka, waitFor } from '../../support/kafka/index.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { BASE_SETTINGS } from './ask-expressions.ts'

describeFlink('a real Flink behind its SQL gateway', (flink) => {
  let session: FlinkSession

  before(async () => {
    session = await new FlinkGateway(flink().gatewayUrl).openSession(BASE_SETTINGS)
  })
  after(() => session.close())

  it('says what it is', async () => {
    expect(await new FlinkGateway(flink().gatewayUrl).info()).to.deep.equal({ productName: 'Apache Flink', version: '2.2.1' })
  })

  it('gives every digit of a BIGINT', async () => {
    const { rows } = await session.run('SELECT 9223372036854775807, CAST(0.10 AS DECIMAL(10, 2))')
    expect(rows.map(rowText)).to.deep.equal(['{"kind":"INSERT","fields":[9223372036854775807,0.1]}'])
  })

  it('says where a statement is wrong', async () => {
    const error = await thrownBy(() => session.run('SELECT 1,\n  nothing'))
    expect(error.code).to.equal('SHITOPS_E_FLINK_REFUSED')
    expect(error.message).to.include('line 2, column 3').and.include("'nothing'")
  })

  it('says why a job failed', async () => {
    const error = await thrownBy(() => session.run('SELECT 1 / x FROM (VALUES (1), (0)) AS t (x)'))
    expect(error.message).to.include('/ by zero')
  })

  it('says that a session is gone', async () => {
    const gone = await new FlinkGateway(flink().gatewayUrl).openSession()
    await gone.heartbeat()
    await gone.close()
    expect((await thrownBy(() => gone.run('SELECT 1'))).code).to.match(/^SHITOPS_E_FLINK_/)
  })

  it('cancels a stream without end when its reader leaves', async () => {
    await session.run("CREATE TABLE ticks (n INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100')")
    let jobId = ''
    for await (const page of session.pages('SELECT * FROM ticks')) {
      jobId = page.jobId ?? jobId
      if (page.rows.length > 0) break
    }
    await waitFor('the end of the job', async () => (await statusOf(jobId)) === 'CANCELED', 30_000)
  })

  it('stops a job with a savepoint', async () => {
    await session.run("CREATE TABLE nowhere (n INT) WITH ('connector' = 'blackhole')")
    const jobId = (await session.start('INSERT INTO nowhere SELECT n FROM ticks')) ?? ''
    await waitFor('the job', async () => (await statusOf(jobId)) === 'RUNNING', 30_000)
    const savepoint = await session.stopWithSavepoint(jobId)
    expect(savepoint).to.include(`${flink().folder}/savepoints`)
    expect(await statusOf(jobId)).to.equal('FINISHED')
  })

  it('takes the table of every topic of ours', async () => {
    for (const topic of TOPIC_NAMES) {
      await session.run(await flinkTopicDdl(topic, { brokers: ['127.0.0.1:9'], transactionalIdPrefix: 'x' }))
      const { rows } = await session.run(`EXPLAIN SELECT * FROM \`${topic}\``)
      expect(rows.map(rowText).join(), topic).to.include('TableSourceScan')
    }
  })

  it('reads the fields of every topic as they are written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-topics-'))
    try {
      for (const topic of TOPIC_NAMES) {
        const path = join(folder, `${topic}.ndjson`)
        const { full } = await examplesOf(topic)
        await writeFile(path, `${JSON.stringify(full)}\n`)
        await session.run(onFile(await flinkTopicDdl(topic, { brokers: [], name: `${topic}_file` }), path))
        const { columns, rows } = await session.run(`SELECT * FROM \`${topic}_file\``)
        const empty = columns.filter(({ name }, i) => rows[0]?.fields[i] === null && (full as Record<string, unknown>)[name] != null)
        expect(
          empty.map(({ name }) => name),
          topic,
        ).to.deep.equal([])
        expect(rows, topic).to.have.lengthOf(1)
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }).timeout(120_000)

  it('reads our records from Kafka, and writes rows there', async function () {
    if (missingForKafka() !== null) this.skip()
    this.timeout(240_000)
    const kafka = await startKafka()
    try {
      const bus = await openBus(kafka.url())
      for (const name of ['device_metrics', 'insights']) await bus.createTopic(topicSpec(name) ?? { name, partitions: 1 })
      const { minimal } = await examplesOf('device_metrics')
      const events = [0, 4, 11, 25].map((second, i) => ({
        ...minimal,
        value: i + 0.5,
        event_time: `2026-03-31T14:00:${String(second).padStart(2, '0')}.000Z`,
      }))
      await bus.append(
        'device_metrics',
        events.map((event) => toRecord('device_metrics', event, { source: '/test' })),
      )
      const brokers = [kafka.address(1)]
      await session.run('DROP TABLE IF EXISTS device_metrics')
      await session.run(await flinkTopicDdl('device_metrics', { brokers, untilEnd: true, idleSeconds: 1 }))
      const { rows } = await session.run(`SELECT window_start, target, COUNT(*), SUM(\`value\`)
        FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, target`)
      expect(rows.map(rowText)).to.deep.equal([
        '{"kind":"INSERT","fields":["2026-03-31T14:00:00","laptop-ledger-1",2,2.0]}',
        '{"kind":"INSERT","fields":["2026-03-31T14:00:10","laptop-ledger-1",1,2.5]}',
        '{"kind":"INSERT","fields":["2026-03-31T14:00:20","laptop-ledger-1",1,3.5]}',
      ])

      await session.run('DROP TABLE IF EXISTS insights')
      await session.run(await flinkTopicDdl('insights', { brokers, transactionalIdPrefix: 'shitops-test' }))
      await session.run("SET 'table.dml-sync' = 'true'")
      await session.run(`INSERT INTO insights (event_time, insight, subject, active, observed)
        SELECT event_time, 'high_load', target, TRUE, \`value\` FROM device_metrics WHERE \`value\` > 2`)
      expect((await valuesOf(bus, 'insights')).sort()).to.deep.equal([
        '{"event_time":"2026-03-31T14:00:11Z","insight":"high_load","subject":"laptop-ledger-1","active":true,"observed":2.5}',
        '{"event_time":"2026-03-31T14:00:25Z","insight":"high_load","subject":"laptop-ledger-1","active":true,"observed":3.5}',
      ])
      await bus.close()
    } finally {
      await kafka.down()
    }
  })

  async function statusOf(jobId: string): Promise<string | undefined> {
    return (await session.jobs()).find(({ id }) => id === jobId)?.status
  }
})

/** The committed values of a topic, as text. */
async function valuesOf(bus: Bus, topic: string): Promise<string[]> {
  const partitions = [0, 1, 2].map((partition) => ({ partition, from: 0 }))
  const values: string[] = []
  for await (const batch of bus.read({ topic, partitions })) {
    for (let i = 0; i < batch.count; i++) values.push(Buffer.from(batch.value(i) ?? []).toString('utf8'))
  }
  return values
}

/** The same columns over a file: what Kafka alone has, and its options, are left out. */
function onFile(ddl: string, path: string): string {
  const columns = ddl
    .slice(0, ddl.indexOf(') WITH ('))
    .split('\n')
    .filter((line) => !/METADATA|PRIMARY KEY|record_key/.test(line))
    .join('\n')
    .replace(/,\s*$/, '')
  return `${columns}\n) WITH ('connector' = 'filesystem', 'path' = '${path}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601')`
}
