import { expect } from 'chai'
import { JOB_STATE } from '../../../src/query/run/job-state.ts'
import { pastOf, thawed } from '../../support/thawed-bus.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { FILTER, Following, headersOf, IN, record, recordsOf, runScriptJob, T0, tumble, useJobBus, valuesOf } from './job-support.ts'

const row = (k: string, n: number, end: number) =>
  `{"k":"${k}","n":${n},"window_end":"${new Date(T0 + end * 1000).toISOString().replace('T', ' ').replace('.000Z', '')}"}`

describe('a job over one partition', () => {
  const { bus, another } = useJobBus()

  it('goes on where it was: windows that were open are whole afterwards', async () => {
    await bus().append('in', [record(1, 1), record(2, 2)])
    await runScriptJob(bus(), tumble(), { untilEnd: true })
    expect(await valuesOf(bus(), 'out')).to.deep.equal([])
    await bus().append('in', [record(3, 3), record(4, 12)])
    const stats = await runScriptJob(await another(), tumble(), { untilEnd: true })
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 3, 10)])
    expect(stats.records, 'nothing is read twice').to.equal(2)
  })

  it('takes in again what came since the snapshot when it did not stop in order, and writes nothing twice', async () => {
    const first = new Following(bus(), FILTER)
    await bus().append('in', [record(1, 1), record(2, 2)])
    await first.until('two rows', async () => (await valuesOf(bus(), 'out')).length === 2)
    // The successor does not wait for the first to stop: as after kill -9.
    const second = new Following(await another(), FILTER)
    await bus().append('in', [record(3, 3)])
    await second.until('the third row', async () => (await valuesOf(bus(), 'out')).length === 3)
    expect((await second.end()).replayed).to.equal(2)
    expect(await valuesOf(bus(), 'out')).to.deep.equal(['{"id":1,"k":"a"}', '{"id":2,"k":"a"}', '{"id":3,"k":"a"}'])
    const error = await thrownBy(() => first.done)
    expect(error).to.have.property('code', 'SHITOPS_E_FENCED')
  })

  it('goes on from its newest commit although the leader of its state, frozen meanwhile, tells of an older end', async () => {
    await bus().append('in', [record(1, 1)])
    await runScriptJob(bus(), FILTER, { untilEnd: true })
    const past = await pastOf(bus(), { topics: [JOB_STATE] })
    await bus().append('in', [record(2, 2)])
    await runScriptJob(await another(), FILTER, { untilEnd: true })
    await bus().append('in', [record(3, 3)])
    await runScriptJob(thawed(await another(), past), FILTER, { untilEnd: true })
    expect(await valuesOf(bus(), 'out')).to.deep.equal(['{"id":1,"k":"a"}', '{"id":2,"k":"a"}', '{"id":3,"k":"a"}'])
  })

  it('gives each row CloudEvents headers, once each, and an id that says which row of the job it is', async () => {
    await bus().append('in', [record(1, 1), record(2, 2)])
    await runScriptJob(bus(), FILTER, { untilEnd: true })
    const [first, second] = await recordsOf(bus(), 'out')
    expect(headersOf(first as never)).to.deep.equal({
      ce_specversion: ['1.0'],
      ce_id: ['j/1'],
      ce_source: ['/analyze/j'],
      ce_type: ['com.shitops.row.v1'],
      ce_time: ['2026-03-31T08:00:01.000Z'],
      ce_subject: ['a'],
      'content-type': ['application/json'],
    })
    expect(headersOf(second as never).ce_id).to.deep.equal(['j/2'])
    expect(second?.timestamp).to.equal(T0 + 2000)
  })

  it('replaces an id that a row brings along', async () => {
    const script = `${IN.replace('ts TIMESTAMP', "h MAP<STRING, BYTES> METADATA FROM 'headers', ts TIMESTAMP")}
      CREATE TABLE out_ (id BIGINT, h MAP<STRING, BYTES> METADATA FROM 'headers') WITH ('connector' = 'kafka', 'topic' = 'out', 'format' = 'json');
      INSERT INTO out_ SELECT id, h FROM in_;`
    await bus().append('in', [
      {
        ...record(1, 1),
        headers: [
          ['ce_id', 'theirs'],
          ['ce_source', '/theirs'],
          ['trace', 't1'],
        ],
      },
    ])
    await runScriptJob(bus(), script, { untilEnd: true })
    const headers = headersOf((await recordsOf(bus(), 'out'))[0] as never)
    expect(headers.ce_id).to.deep.equal(['j/1'])
    expect(headers.ce_source).to.deep.equal(['/analyze/j'])
    expect(headers.trace).to.deep.equal(['t1'])
  })

  it('sends bad records to the dead letters in their order, each once, with the name of the job', async () => {
    const bad = (value: string) => ({ ...record(0, 1), value })
    await bus().append('in', [bad('{'), record(1, 1), bad('{"ts": null}'), bad('[]')])
    // Two scans of the topic: a record that neither can read is one bad record.
    const script = `${IN}CREATE TABLE out_ (a BIGINT, b BIGINT) WITH ('connector' = 'kafka', 'topic' = 'out', 'format' = 'json');
      INSERT INTO out_ SELECT l.id, r.id FROM in_ l JOIN in_ r ON l.k = r.k AND l.ts BETWEEN r.ts - INTERVAL '1' SECOND AND r.ts;`
    const stats = await runScriptJob(bus(), script, { untilEnd: true })
    expect(stats.bad).to.equal(3)
    const letters = await recordsOf(bus(), 'in.dlq')
    expect(letters.map(({ value }) => String(value))).to.deep.equal(['{', '{"ts": null}', '[]'])
    expect(headersOf(letters[1] as never)).to.include.keys('dlq_message', 'dlq_offset')
    expect(headersOf(letters[1] as never).dlq_consumer).to.deep.equal(['j'])
    expect(await valuesOf(bus(), 'out')).to.deep.equal(['{"a":1,"b":1}'])
  })

  it('does not count again what it takes in again', async () => {
    await bus().append('in', [{ ...record(0, 1), value: 'no' }, record(1, 1)])
    const first = new Following(bus(), FILTER)
    await first.until('a row', async () => (await valuesOf(bus(), 'out')).length === 1)
    const second = new Following(await another(), FILTER)
    await bus().append('in', [record(2, 2)])
    await second.until('two rows', async () => (await valuesOf(bus(), 'out')).length === 2)
    const stats = await second.end()
    expect([stats.bad, stats.records]).to.deep.equal([0, 1])
    expect(await valuesOf(bus(), 'in.dlq')).to.deep.equal(['no'])
    await first.done.catch(() => {})
  })

  it('keeps late rows beside the result and counts them', async () => {
    await bus().append('in', [record(1, 1), record(2, 20), record(3, 3)])
    const stats = await runScriptJob(bus(), tumble(), { untilEnd: true })
    expect(stats.late).to.equal(1)
    const [late] = await recordsOf(bus(), 'out.late')
    expect(JSON.parse(String(late?.value))).to.include({ k: 'a' })
    expect(headersOf(late as never).ce_type).to.deep.equal(['com.shitops.late_row.v1'])
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 1, 10)])
  })

  it('does not let one record of another century close the windows of today', async () => {
    const jumps: number[] = []
    await bus().append('in', [record(1, 1), record(2, 2), record(3, 61 * 365 * 86_400), record(4, 3), record(5, 12)])
    const stats = await runScriptJob(bus(), tumble(), { untilEnd: true, onJump: ({ mark }) => void jumps.push(mark) })
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 3, 10)])
    expect([stats.late, stats.jumps, jumps.length]).to.deep.equal([0, 1, 1])
  })

  it('follows it where the setting says so', async () => {
    await bus().append('in', [record(1, 1), record(2, 2), record(3, 61 * 365 * 86_400), record(4, 3)])
    const stats = await runScriptJob(bus(), tumble(), { untilEnd: true, maxAdvance: Number.POSITIVE_INFINITY })
    expect([stats.late, stats.jumps]).to.deep.equal([1, 0])
  })

  it('refuses the state of another query', async () => {
    await bus().append('in', [record(1, 1)])
    await runScriptJob(bus(), tumble(), { untilEnd: true })
    const error = await thrownBy(() => runScriptJob(bus(), tumble().replace("'10' SECOND", "'20' SECOND"), { untilEnd: true }))
    expect(error).to.have.property('code', 'SHITOPS_E_JOB_PLAN')
  })

  it('takes over the state when only a filter and the text have changed, if it stopped in order', async () => {
    await bus().append('in', [record(1, 1), record(2, 2)])
    await runScriptJob(bus(), tumble(), { untilEnd: true })
    await bus().append('in', [record(1, 3), record(7, 4), record(9, 12)])
    await runScriptJob(await another(), `-- the rule has become stricter\n${tumble('v >= 5')}`, { untilEnd: true })
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 3, 10)])
  })

  it('refuses another text when the job did not stop in order', async () => {
    await bus().append('in', [record(1, 1)])
    const first = new Following(bus(), tumble())
    const committed = async () => (await bus().fetchOffsets('j', ['in']))[0]?.offset === 1
    await first.until('a commit', committed)
    const error = await thrownBy(async () => runScriptJob(await another(), tumble('v >= 5'), { untilEnd: true }))
    expect(error).to.have.property('code', 'SHITOPS_E_JOB_PLAN')
    expect(error).to.have.property('message').that.includes('not stopped in order')
    first.stop.abort()
    await first.done.catch(() => {})
  })

  it('says so when what it must read again is gone', async () => {
    await bus().append('in', [record(1, 1), record(2, 2)])
    const first = new Following(bus(), FILTER)
    await first.until('two rows', async () => (await valuesOf(bus(), 'out')).length === 2)
    const successor = await another()
    await successor.transact({ id: 'j', appends: [] })
    await first.stop.abort()
    await first.done.catch(() => {})
    await successor.deleteTopic('in')
    await successor.createTopic({ name: 'in', partitions: 1 })
    const error = await thrownBy(async () => runScriptJob(await another(), FILTER, { untilEnd: true }))
    expect(error).to.have.property('code', 'SHITOPS_E_JOB_INPUT')
  })

  it('begins at the end, or at a time, where it is told to', async () => {
    await bus().append('in', [record(1, 1), record(2, 2), record(3, 3)])
    await runScriptJob(bus(), FILTER, { job: 'at', untilEnd: true, start: { timestamp: T0 + 2000 } })
    expect(await valuesOf(bus(), 'out')).to.deep.equal(['{"id":2,"k":"a"}', '{"id":3,"k":"a"}'])
    const latest = await runScriptJob(bus(), FILTER, { job: 'latest', untilEnd: true, start: 'latest' })
    expect(latest.records).to.equal(0)
  })

  it('keeps nothing of a job that is ephemeral', async () => {
    await bus().append('in', [record(1, 1), record(2, 2)])
    const rows: string[] = []
    await runScriptJob(bus(), tumble(), {
      untilEnd: true,
      ephemeral: true,
      onCommit: (outputs) => void rows.push(...outputs.map(({ value }) => String(value))),
    })
    expect(rows, 'the end of the input closes its windows').to.deep.equal([row('a', 2, 10)])
    expect(await recordsOf(bus(), 'job_state')).to.deep.equal([])
    expect(await bus().fetchOffsets('j', ['in'])).to.deep.equal([])
  })

  it('takes tombstones of a table of what is now true for deletes', async () => {
    const script = `CREATE TABLE in_ (k STRING NOT NULL, v BIGINT, PRIMARY KEY (k) NOT ENFORCED)
        WITH ('connector' = 'upsert-kafka', 'topic' = 'in', 'key.format' = 'raw', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
      CREATE TABLE out_ (n BIGINT, total BIGINT, one BIGINT, PRIMARY KEY (one) NOT ENFORCED) WITH ('connector' = 'upsert-kafka', 'topic' = 'out', 'key.format' = 'json', 'value.format' = 'json');
      INSERT INTO out_ SELECT COUNT(*), SUM(v), 1 FROM in_;`
      .replaceAll(' one ', ' `one` ')
      .replace('(one)', '(`one`)')
    const state = (k: string, v: number | null) => ({ key: k, value: v === null ? null : `{"v":${v}}`, timestamp: T0 })
    await bus().append('in', [state('a', 1), state('b', 2), state('a', 5), state('b', null)])
    await runScriptJob(bus(), script, { untilEnd: true })
    expect((await valuesOf(bus(), 'out')).at(-1)).to.equal('{"n":1,"total":5,"one":1}')
  })

  it('takes a snapshot with each commit where the input may be compacted away', async () => {
    await bus().deleteTopic('in')
    await bus().createTopic({ name: 'in', partitions: 1, config: { 'cleanup.policy': 'compact' } })
    const job = new Following(bus(), FILTER)
    await bus().append('in', [record(1, 1)])
    await job.until('a row', async () => (await valuesOf(bus(), 'out')).length === 1)
    await bus().append('in', [record(2, 2)])
    await job.until('two rows', async () => (await valuesOf(bus(), 'out')).length === 2)
    const stats = await job.end()
    expect(stats.snapshots).to.equal(stats.commits)
  })

  it('takes in no more than it can work on: the rest stays on the bus', async () => {
    const many = Array.from({ length: 9000 }, (_, i) => ({
      ...record(i, i / 100),
      value: `{"id":${i},"k":"a","v":1,"ts":"2026-03-31T08:00:00Z","pad":"${'x'.repeat(3000)}"}`,
    }))
    await bus().append('in', many)
    let busy = 0
    let most = 0
    const slow = Object.create(bus(), {
      read: {
        value: (options: { topic: string; follow?: boolean }) => {
          const inner = bus().read(options as never)
          if (options.topic !== 'in') return inner
          return (async function* () {
            for await (const batch of inner) {
              busy++
              most = Math.max(most, busy)
              yield batch
            }
          })()
        },
      },
    })
    for (const name of ['append', 'transact', 'offsets', 'offsetsAt', 'describeTopic', 'listTopics', 'createTopic'] as const)
      Object.defineProperty(slow, name, { value: (bus() as never as Record<string, (...args: unknown[]) => unknown>)[name]?.bind(bus()) })
    const stats = await runScriptJob(slow, FILTER, {
      untilEnd: true,
      onCommit: () => {
        busy = 0
      },
    })
    expect(stats.outputs).to.equal(9000)
    expect(busy, 'everything was committed').to.be.lessThan(7)
    // A commit after 5,000 rows at the latest, which are 30 of the 54 batches, and those that the inbox holds.
    expect(most).to.be.lessThan(42)
  })
})

describe('a job over several partitions', () => {
  const { bus, another } = useJobBus(2)

  it('has a watermark per partition: the one that is behind holds the other back', async () => {
    const job = new Following(bus(), tumble())
    await bus().append('in', [record(1, 1), record(2, 30)])
    await bus().append('in', [record(3, 2, { k: 'b', partition: 1 }), record(4, 3, { k: 'b', partition: 1 })])
    await job.until('a commit of both', async () => (await bus().fetchOffsets('j', ['in'])).every(({ offset }) => offset === 2))
    expect(await valuesOf(bus(), 'out')).to.deep.equal([])
    await bus().append('in', [record(5, 12, { k: 'b', partition: 1 })])
    await job.until('the windows', async () => (await valuesOf(bus(), 'out')).length === 2)
    await job.end()
    expect((await valuesOf(bus(), 'out')).sort()).to.deep.equal([row('a', 1, 10), row('b', 2, 10)])
  })

  it('goes on without a partition from which nothing comes', async () => {
    const job = new Following(bus(), tumble(), { idleTimeout: 100 })
    await bus().append('in', [record(1, 1), record(2, 2)])
    await job.until('a commit', async () => (await bus().fetchOffsets('j', ['in'])).some(({ offset }) => offset === 2))
    const feeding = setInterval(() => void bus().append('in', [record(9, 12)]), 20)
    // The busy partition never leaves a pause: the idle one is looked for all the same.
    await job.until('the window', async () => (await valuesOf(bus(), 'out')).length === 1).finally(() => clearInterval(feeding))
    await job.end()
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 2, 10)])
  })

  it('remembers over two lives that did not stop in order what it went on without', async () => {
    const script = tumble(`k = 'a'`)
    const lives = [new Following(bus(), script, { idleTimeout: 100 })]
    await bus().append('in', [record(1, 1), record(2, 2)])
    const feeding = setInterval(() => void bus().append('in', [record(9, 12, { k: 'b' })]), 20)
    await lives[0]?.until('the window', async () => (await valuesOf(bus(), 'out')).length === 1).finally(() => clearInterval(feeding))
    for (const at of [13, 14, 23]) {
      // None waits for the one before to stop, and none goes on without a partition by itself.
      const next = new Following(await another(), script)
      lives.push(next)
      await bus().append('in', [record(at, at)])
      await next.until('a commit of all', async () => {
        const [end] = await bus().offsets('in')
        return (await bus().fetchOffsets('j', ['in'])).some(({ partition, offset }) => partition === 0 && offset === end?.latest)
      })
    }
    await lives.at(-1)?.end()
    expect(await valuesOf(bus(), 'out')).to.deep.equal([row('a', 2, 10), row('a', 2, 20)])
    for (const { done } of lives.slice(0, -1)) expect(await thrownBy(() => done)).to.have.property('code', 'SHITOPS_E_FENCED')
  })

  it('follows the time of the partitions that others read when nothing comes in its own', async () => {
    const of = (own: number) => ({
      job: `j@${own}of2`,
      siblings: [`j@${1 - own}of2`],
      partitions: (partition: number) => partition === own,
      idleTimeout: 150,
    })
    const jobs = [new Following(bus(), tumble(), of(0)), new Following(bus(), tumble(), of(1))]
    await bus().append('in', [record(1, 1), record(2, 2)])
    await bus().append('in', [record(3, 2, { k: 'b', partition: 1 }), record(4, 3, { k: 'b', partition: 1 })])
    // It has them before the other's time goes on, or they would be late.
    await jobs[1]?.until('its records', async () => (await bus().fetchOffsets('j@1of2', ['in'])).some(({ offset }) => offset === 2))
    const feeding = setInterval(() => void bus().append('in', [record(5, 12)]), 30)
    try {
      await jobs[1]?.until('the window of the quiet partition', async () => (await valuesOf(bus(), 'out')).includes(row('b', 2, 10)))
    } finally {
      clearInterval(feeding)
    }
    for (const job of jobs) await job.end()
    expect((await valuesOf(bus(), 'out')).sort()).to.deep.equal([row('a', 2, 10), row('b', 2, 10)])
  })

  it('reads only the partitions it is told to', async () => {
    await bus().append('in', [record(1, 1), record(2, 2, { partition: 1 })])
    const stats = await runScriptJob(bus(), FILTER, { untilEnd: true, partitions: (partition) => partition === 1 })
    expect(stats.records).to.equal(1)
    expect(await valuesOf(bus(), 'out')).to.deep.equal(['{"id":2,"k":"a"}'])
  })
})
