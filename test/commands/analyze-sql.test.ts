import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { TestBus } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'

const sample = (target: string, second: number, value: number) =>
  JSON.stringify({
    event_time: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString(),
    target,
    metric: 'cpu_load',
    instance: '',
    value,
    unit: 'ratio',
    collector: 'agent',
  })

const SAMPLES = [sample('a', 1, 0.5), sample('b', 2, 0.7), 'not json', sample('a', 12, 0.9), sample('a', 22, 0.1)]
const TUMBLE =
  "SELECT target, window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE device_metrics, DESCRIPTOR(event_time), INTERVAL '10' SECOND)) GROUP BY target, window_start, window_end"

describe('shitops analyze sql', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'shitops-analyze-'))
  const file = join(folder, 'metrics.ndjson')
  const input = `device_metrics=${file}`
  const sql = (...args: string[]) => runCli(['analyze', 'sql', ...args], {})
  const rows = (text: string) => text.trimEnd().split('\n')

  before(() => writeFileSync(file, SAMPLES.join('\n')))
  after(() => rmSync(folder, { recursive: true }))

  it('runs a query over a file that stands in for a topic, and tells of lines that it cannot read', async () => {
    const { stdout, stderr, code } = await sql(TUMBLE, '--input', input)
    expect(code).to.equal(0)
    expect(rows(stdout)).to.deep.equal([
      '{"kind":"INSERT","fields":["a","2026-01-01T00:00:00",1]}',
      '{"kind":"INSERT","fields":["b","2026-01-01T00:00:00",1]}',
      '{"kind":"INSERT","fields":["a","2026-01-01T00:00:10",1]}',
      '{"kind":"INSERT","fields":["a","2026-01-01T00:00:20",1]}',
    ])
    expect(stderr).to.contain('line 3')
  })

  it('shows changes as a changelog, or as the table that they lead to', async () => {
    const grouped = 'SELECT target, COUNT(*) AS n FROM device_metrics GROUP BY target'
    const changelog = await sql(grouped, '--input', input)
    expect(rows(changelog.stdout)).to.include('{"kind":"UPDATE_BEFORE","fields":["a",2]}')
    const table = await sql(grouped, '--input', input, '--output', 'table')
    expect(table.stdout).to.match(/^TARGET\s+N\nb\s+1\na\s+3\n2 rows\n$/)
  })

  it('takes records as tail prints them', async () => {
    const recorded = join(folder, 'recorded.ndjson')
    const line = `{"topic":"device_metrics","partition":2,"offset":7,"timestamp":1767225601000,"key":"a","headers":{},"value":${sample('a', 1, 0.5)}}`
    writeFileSync(recorded, `${line}\n`)
    const { stdout } = await sql(
      'SELECT target, record_offset, record_time FROM device_metrics',
      '--input',
      `device_metrics=${recorded}`,
      '-o',
      'json-rows',
    )
    expect(stdout).to.equal('{"target":"a","record_offset":7,"record_time":"2026-01-01T00:00:01Z"}\n')
  })

  it("runs Flink's own DDL: reads and writes files, prints, generates", async () => {
    const out = join(folder, 'out')
    const script = `
      CREATE TABLE m (target STRING, \`value\` DOUBLE, hot AS \`value\` > 0.6) WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'json', 'json.ignore-parse-errors' = 'true');
      CREATE TABLE o (target STRING, v DOUBLE) WITH ('connector' = 'filesystem', 'path' = '${out}', 'format' = 'json');
      CREATE TABLE p (target STRING) WITH ('connector' = 'print', 'print-identifier' = 'hot');
      CREATE TABLE g (n INT) WITH ('connector' = 'datagen', 'fields.n.kind' = 'sequence', 'fields.n.start' = '1', 'fields.n.end' = '5');
      INSERT INTO o SELECT target, \`value\` FROM m WHERE hot;
      INSERT INTO p SELECT target FROM m WHERE hot;
      SELECT SUM(n) AS s FROM g`
    const path = join(folder, 'script.sql')
    writeFileSync(path, script)
    const { stdout, code } = await sql('--file', path)
    expect(code).to.equal(0)
    expect(rows(stdout).slice(0, 2)).to.deep.equal(['hot> +I[b]', 'hot> +I[a]'])
    expect(rows(stdout).at(-1)).to.equal('{"kind":"UPDATE_AFTER","fields":[15]}')
    const [written] = readdirSync(out)
    expect(readFileSync(join(out, written ?? ''), 'utf8')).to.equal('{"target":"b","v":0.7}\n{"target":"a","v":0.9}\n')
  })

  it('reads topics of the bus to their ends', async () => {
    const test = new TestBus()
    await test.open()
    try {
      await test.topic('device_metrics', 3)
      const now = Date.now()
      const values = Array.from({ length: 30 }, (_, i) => ({
        key: `k${i % 3}`,
        value: sample(`k${i % 3}`, i, i),
        timestamp: now,
        partition: i % 3,
      }))
      await test.bus.append('device_metrics', values)
      const { stdout } = await runCli(['analyze', 'sql', TUMBLE, '--until-end'], { env: { SHITOPS_BUS: test.url } })
      const counted = rows(stdout).map((line) => JSON.parse(line).fields)
      expect(counted).to.have.length(9)
      expect(counted.reduce((sum: number, [, , n]: [string, string, number]) => sum + n, 0)).to.equal(30)
    } finally {
      await test.close()
    }
  })

  for (const [what, script, wanted] of [
    ['a name that is not there', 'SELECT valu FROM device_metrics', /line 1, column 8: there is no column valu[\s\S]*did you mean value/],
    ['a text that is no SQL', 'SELECT * FORM device_metrics', /line 1:10[\s\S]*did you mean FROM/],
    ['a construct that no stream can have', 'SELECT * FROM device_metrics ORDER BY `value`', /line 1, column 39[\s\S]*LIMIT/],
    ['a script without a query', "SET 'a' = 'b'", /nothing to run/],
  ] as const) {
    it(`refuses ${what}, with its place and the nearest way`, async () => {
      const { stderr, code } = await sql(script, '--input', input)
      expect(code).to.equal(2)
      expect(stderr).to.match(wanted)
    })
  }

  it('says which file it cannot read', async () => {
    const { stderr, code } = await sql('SELECT 1 FROM device_metrics', '--input', 'device_metrics=none.ndjson')
    expect(code).to.equal(1)
    expect(stderr).to.contain('none.ndjson').and.to.contain('SHITOPS_E_FILE')
  })

  it('says that there is no such script, and where it looked', async () => {
    const { stderr, code } = await sql('--file', 'none.sql')
    expect(code).to.equal(1)
    expect(stderr).to.match(/there is no file none\.sql \(SHITOPS_E_FILE\)\n {2}Try: --file FILE, its path as seen from \S+\n/)
  })

  it('ends at Ctrl-C with 130, also where rows come without end', async () => {
    const script = "CREATE TABLE g (n INT) WITH ('connector' = 'datagen'); SELECT DISTINCT n IS NULL AS missing FROM g"
    const live = new LiveCli(['analyze', 'sql', script], folder)
    await live.until(({ stdout }) => stdout.includes('INSERT'))
    expect(await live.signal('SIGINT')).to.equal(130)
  })

  it('fails where Flink fails, and says at which record', async () => {
    const { stderr, code } = await sql('SELECT CAST(target AS INT) AS n FROM device_metrics', '--input', input)
    expect(code).to.equal(1)
    expect(stderr).to.contain('SHITOPS_E_SQL_RUNTIME').and.to.contain('metrics.ndjson, line 1')
  })

  it('gives one document with --json; whole numbers that a double would round are text', async () => {
    const text = 'SELECT target, SUM(`value`) AS v, MAX(9007199254740993) AS big FROM device_metrics GROUP BY target'
    const { stdout, code } = await sql(text, '--input', input, '--json')
    expect(code).to.equal(0)
    const document = JSON.parse(stdout) as { rows: unknown[] }
    expect(document.rows[0]).to.deep.equal({ target: 'a', v: 0.5, big: '9007199254740993' })
    expect(document.rows[2]).to.deep.equal({ _kind: 'UPDATE_BEFORE', target: 'a', v: 0.5, big: '9007199254740993' })
    expect(document).to.include({ records: 5, bad: 1, late: 0 })
  })

  it('ends when a LIMIT at the top is full, also where the input has no end', async () => {
    const endless = "CREATE TABLE t (n INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10'); SELECT n + 1 AS m FROM t LIMIT 3"
    const { stdout, code } = await sql(endless)
    expect(code).to.equal(0)
    expect(rows(stdout)).to.have.lengthOf(3)
  })

  it('ends when a LIMIT is full that follows a topic', async () => {
    const test = new TestBus()
    await test.open()
    try {
      await test.topic('device_metrics')
      const now = Date.now()
      await test.bus.append(
        'device_metrics',
        ['a', 'b', 'c'].map((key, i) => ({ key, value: sample(key, i, i), timestamp: now })),
      )
      const { stdout, code } = await runCli(['analyze', 'sql', 'SELECT target FROM device_metrics LIMIT 2', '-o', 'json-rows'], {
        env: { SHITOPS_BUS: test.url },
      })
      expect(code).to.equal(0)
      expect(rows(stdout)).to.deep.equal(['{"target":"a"}', '{"target":"b"}'])
    } finally {
      await test.close()
    }
  })
})
