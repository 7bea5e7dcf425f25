import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { describeFlink } from '../support/flink/index.ts'
import { waitFor } from '../support/kafka/wait-for.ts'

/** The built CLI beside a real Flink: `npm run build` first. */
describeFlink('shitops analyze on a Flink cluster', (flink) => {
  const folder = mkdtempSync(join(tmpdir(), 'shitops-analyze-flink-'))
  const file = join(folder, 'm.ndjson')
  const table = `
    CREATE TABLE m (id INT, k STRING, v DOUBLE, n BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
    WITH ('connector' = 'filesystem', 'path' = '${file}', 'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601');
  `
  const endless = `
    CREATE TABLE ticks (n INT) WITH ('connector' = 'datagen', 'rows-per-second' = '10');
    CREATE TABLE nowhere (n INT) WITH ('connector' = 'blackhole');
    INSERT INTO nowhere SELECT n FROM ticks`
  const gateway = () => ['--gateway', flink().gatewayUrl]
  const run = (...args: string[]) => runCli(['analyze', ...args], { timeoutMs: 170_000 })
  const remote = (...args: string[]) => run('sql', ...args, '--engine', 'flink', ...gateway())

  before(() => {
    const lines = Array.from({ length: 50 }, (_, i) => ({
      id: i,
      k: ['a', 'ä', '日本', null][i % 4],
      v: i % 7 === 0 ? null : i / 3,
      n: i % 5 === 0 ? 9_007_199_254_740_993n : BigInt(i),
      ts: new Date(Date.UTC(2026, 0, 1, 0, 0, i)).toISOString().slice(0, -1),
    }))
    const text = lines.map((line) => JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? `#${value}#` : value)))
    writeFileSync(file, text.map((line) => `${line.replace(/"#(\d+)#"/g, '$1')}\n`).join(''))
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const [about, select] of [
    ['rows and expressions', 'SELECT id, UPPER(k) AS k, v / 3 AS third, n * 2 AS twice, ts FROM m WHERE v IS NOT NULL'],
    ['a changelog', 'SELECT k, COUNT(*) AS c, SUM(v) AS s, MAX(n) AS most FROM m GROUP BY k'],
    [
      'windows',
      "SELECT window_start, window_end, COUNT(*) AS c, AVG(v) AS a FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end",
    ],
  ] as const) {
    for (const output of ['ndjson', 'json-rows']) {
      it(`gives the bytes that it gives here: ${about}, ${output}`, async () => {
        const script = join(folder, 'q.sql')
        writeFileSync(script, `${table}${select};\n`)
        const here = await run('sql', '--file', script, '--output', output)
        const there = await remote('--file', script, '--output', output)
        expect(there.code, there.stderr).to.equal(0)
        expect(here.stdout.split('\n')).to.have.length.above(4)
        expect(there.stdout).to.equal(here.stdout)
      })
    }
  }

  it('starts the job of an INSERT, lists it, and stops it with a savepoint', async () => {
    const started = await remote(endless)
    expect(started.code, started.stderr).to.equal(0)
    const [job = ''] = /\b[0-9a-f]{32}\b/.exec(started.stderr) ?? []
    expect(job, started.stderr).to.have.lengthOf(32)
    await waitFor('the job', async () => (await statusOf(job)) === 'RUNNING', 60_000)

    const table = await run('jobs', ...gateway())
    expect(table.stdout).to.match(new RegExp(`${job}.*RUNNING`))

    const unsure = await run('jobs', job, '--stop', ...gateway())
    expect(unsure.code).to.equal(2)
    expect(unsure.stderr).to.include('SHITOPS_E_CONFIRM')
    expect(await statusOf(job)).to.equal('RUNNING')

    const stopped = await run('jobs', job, '--stop', '--yes', '--json', ...gateway())
    expect(stopped.code, stopped.stderr).to.equal(0)
    const { savepoint } = JSON.parse(stopped.stdout) as { savepoint: string }
    expect(savepoint).to.include(`${flink().folder}/savepoints/savepoint-`)
    expect(await statusOf(job)).to.equal('FINISHED')
  })

  it('cancels a job', async () => {
    const [job = ''] = /\b[0-9a-f]{32}\b/.exec((await remote(endless)).stderr) ?? []
    await waitFor('the job', async () => (await statusOf(job)) === 'RUNNING', 60_000)
    const cancelled = await run('jobs', job, '--cancel', '--yes', ...gateway())
    expect(cancelled.code, cancelled.stderr).to.equal(0)
    expect(cancelled.stdout).to.equal(`cancelled ${job}\n`)
    await waitFor('the end of the job', async () => (await statusOf(job)) === 'CANCELED', 60_000)
  })

  it('says what is refused, and where in the script', async () => {
    const { code, stderr, stdout } = await remote(`${table}\nSELECT id,\n  nothing FROM m`)
    expect(stdout).to.equal('')
    expect(stderr).to.include('SHITOPS_E_FLINK_REFUSED').and.include("'nothing'").and.include('line 6, column 3')
    expect(code).to.equal(1)
  })

  it('says why a job failed', async () => {
    const { code, stderr } = await remote('SELECT 1 / x FROM (VALUES (1), (0)) AS t (x)')
    expect(code).to.equal(1)
    expect(stderr).to.include('/ by zero')
  })

  it('says that there is no such job', async () => {
    const { code, stderr } = await run('jobs', 'f'.repeat(32), '--stop', '--yes', ...gateway())
    expect(code).to.equal(1)
    expect(stderr).to.include('SHITOPS_E_FLINK_REFUSED')
  })

  it('says that there is no gateway', async () => {
    const nobody = ['--gateway', 'http://127.0.0.1:9']
    for (const { code, stderr } of [await run('sql', 'SELECT 1', '--engine', 'flink', ...nobody), await run('jobs', ...nobody)]) {
      expect(code).to.equal(69)
      expect(stderr).to.include('SHITOPS_E_FLINK_UNREACHABLE')
    }
  })

  it("says that the job manager's address is not the gateway's", async () => {
    const { code, stderr } = await run('jobs', '--gateway', flink().restUrl)
    expect(code).to.equal(69)
    expect(stderr).to.include('not the job manager')
  })

  async function statusOf(job: string): Promise<string | undefined> {
    const { stdout } = await run('jobs', '--json', ...gateway())
    const { jobs } = JSON.parse(stdout) as { jobs: Array<{ id: string; status: string }> }
    return jobs.find(({ id }) => id === job)?.status
  }
})
