import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import type { Bus } from '../../src/bus/bus.ts'
import { openBus } from '../../src/bus/open.ts'
import { TOPIC_NAMES, topicSpec } from '../../src/events/topics.ts'
import { builtInInsights } from '../../src/insights/library.ts'
import { CLI, cliEnv, runCli } from '../support/cli.ts'
import { describeFlink } from '../support/flink/index.ts'
import { type KafkaCluster, startKafka, waitFor } from '../support/kafka/index.ts'
import { appendDay, dayOfScenarios, flapping } from './support/flink-day.ts'

/** The built CLI, a real Kafka and a real Flink: `npm run build` first. */
describeFlink('shitops analyze --engine flink: the insights, from Kafka to Flink to Kafka', (flink) => {
  let kafka: KafkaCluster
  let bus: Bus
  const folder = mkdtempSync(join(tmpdir(), 'shitops-flink-insights-'))
  const remote = () => ['--engine', 'flink', '--gateway', flink().gatewayUrl, '--bus', kafka.url()]
  const run = (...args: string[]) => runCli(['analyze', ...args], { timeoutMs: 280_000 })

  before('start Kafka', async function () {
    this.timeout(90_000)
    kafka = await startKafka()
    bus = await openBus(kafka.url())
    for (const name of TOPIC_NAMES) {
      const spec = topicSpec(name) ?? { name, partitions: 1, config: {} }
      // The records are of a day in the past, and must not be gone when they are compared.
      await bus.createTopic({ ...spec, config: { ...spec.config, 'retention.ms': '-1' } })
    }
  })
  after(async () => {
    await bus.close()
    await kafka.down()
    rmSync(folder, { recursive: true })
  })

  it('prints the script and runs nothing, without a gateway', async () => {
    const { code, stdout, stderr } = await run('--engine', 'flink', '--gateway', 'http://127.0.0.1:9', '--bus', kafka.url(), '--dry-run')
    expect(code, stderr).to.equal(0)
    for (const { name, sql } of await builtInInsights()) expect(stdout, name).to.include(sql.trimEnd())
    expect(stdout).to.include("'topic' = 'insights'").and.include('EXECUTE STATEMENT SET BEGIN')
  })

  it('gives the rows and alerts that the same insights give here, over a day of all scenarios', async () => {
    await appendDay(bus, dayOfScenarios())
    const here = await run('--bus', kafka.url(), '--until-end', '--job', 'here', '--output', 'ndjson')
    expect(here.code, here.stderr).to.equal(0)
    const there = await run(...remote(), '--until-end', '--job', 'there', '--output', 'ndjson')
    expect(there.code, there.stderr).to.equal(0)

    const alerts = linesOf(here.stdout)
    const insights = (await builtInInsights()).map(({ name }) => name)
    expect(insights.filter((name) => !alerts.some(({ alert_name }) => alert_name === name))).to.deep.equal([])
    // At the end of its input Flink closes windows that are not over; the job here waits for what may come.
    const end = Math.max(...alerts.map(timeOf)) - 60_000
    const until = (lines: readonly Line[]) => lines.filter((line) => timeOf(line) <= end)
    same(until(linesOf(there.stdout)), until(alerts))

    const written = await recordsOf('insights')
    const rows = (source: (name: string) => boolean) => until(written.filter((record) => source(record.source)).map(({ value }) => value))
    const flinkRows = rows((source) => source === '/flink/there').filter(({ insight }) => insight !== 'flink_progress')
    const ours = rows((source) => source.startsWith('/analyze/here/'))
    // Rows that say that nothing holds are written here only where something did.
    same(
      flinkRows.filter(({ active }) => active),
      ours.filter(({ active }) => active),
    )
    expect(ours.filter(({ active }) => active).length).to.be.above(100)
    for (const { key, value } of written.filter(({ source }) => source === '/flink/there'))
      expect(key).to.equal(`${value.insight}:${value.subject}`)
  }).timeout(600_000)

  it('follows, is taken up again, is stopped with a savepoint and goes on from there', async () => {
    const args = [...remote(), '--insight', 'device_flapping', '--job', 'flaps']
    const start = Date.now() - 6 * 3_600_000
    const detached = await run(...args, '--from', 'start', '--detach', '--json')
    expect(detached.code, detached.stderr).to.equal(0)
    const { flinkJob } = JSON.parse(detached.stdout) as { flinkJob: string }
    await waitFor('the job', async () => (await statusOf(flinkJob)) === 'RUNNING', 60_000)
    await appendDay(bus, flapping(start, 0, 4))
    // The records are read when the job's group has committed behind them.
    await waitFor('its first checkpoint', async () => (await lagOf('shitops-flaps')) === 0, 90_000)

    const stopped = await run('jobs', flinkJob, '--stop', '--yes', '--json', '--gateway', flink().gatewayUrl)
    expect(stopped.code, stopped.stderr).to.equal(0)
    const { savepoint } = JSON.parse(stopped.stdout) as { savepoint: string }
    const again = await run(...args, '--savepoint', savepoint, '--detach', '--json')
    expect(again.code, again.stderr).to.equal(0)
    const second = (JSON.parse(again.stdout) as { flinkJob: string }).flinkJob
    expect(second).to.not.equal(flinkJob)

    const following = follow(...args)
    try {
      await waitFor('that it is taken up', () => following.stderr().includes(`job ${second} runs already`), 60_000)
      // The fourth change: three are known from before the savepoint. Then time goes on.
      let sample = 5
      await appendDay(bus, flapping(start, 4, sample))
      const firing = async () => {
        // Time goes on with what comes; Kafka takes no times that are far ahead.
        await sleep(500)
        await appendDay(bus, flapping(start, sample, ++sample).map(still))
        return /FIRING.*device_flapping access-9\/ethernet-1/.test(following.stdout())
      }
      await waitFor('the alert', firing, 120_000)
    } finally {
      following.process.kill('SIGINT')
      await waitFor('its end', () => following.process.exitCode !== null, 30_000)
    }
    expect(following.stderr()).to.include(`job ${second} goes on`)
    expect(await statusOf(second)).to.equal('RUNNING')
    await run('jobs', second, '--cancel', '--yes', '--gateway', flink().gatewayUrl)
  }).timeout(480_000)

  it('says in which file and where Flink refuses it', async () => {
    const file = join(folder, 'odd.sql')
    const header = ['title', '', 'severity: info', 'channel: operations', 'for: 0s', 'keep_firing_for: 0s', 'holds: 1m', 'time: event_time']
    const more = ['subject: target', 'observed: score ratio', 'summary: {target}', 'advice: look']
    const select =
      'SELECT event_time, target,\n  ANOMALY_SCORE(`value`) OVER (PARTITION BY target ORDER BY event_time) AS score\nFROM device_metrics'
    writeFileSync(file, `${[...header, ...more].map((line) => `-- ${line}`.trimEnd()).join('\n')}\n${select}\n`)
    const { code, stderr } = await run(...remote(), '--insight', file, '--detach')
    expect(code).to.equal(1)
    expect(stderr).to.include('SHITOPS_E_FLINK_REFUSED').and.include('the insight odd (line 14, column 3)').and.include('ANOMALY_SCORE')
  })

  it('says that a bus in a folder is none for Flink, and what is for Flink only', async () => {
    const embedded = await run('--engine', 'flink', '--gateway', flink().gatewayUrl, '--bus', `embedded:${folder}/bus`)
    expect(embedded.code).to.equal(2)
    expect(embedded.stderr).to.include('reads topics from Kafka')
    const here = await run('--bus', `embedded:${folder}/bus`, '--savepoint', '/x')
    expect(here.code).to.equal(2)
    expect(here.stderr).to.include('--savepoint is for a job on Flink')
  })

  function follow(...args: string[]): { process: ChildProcess; stdout: () => string; stderr: () => string } {
    const child = spawn(process.execPath, [CLI, 'analyze', ...args], { env: cliEnv(folder) })
    const text = { stdout: '', stderr: '' }
    child.stdout.on('data', (chunk) => {
      text.stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      text.stderr += chunk
    })
    return { process: child, stdout: () => text.stdout, stderr: () => text.stderr }
  }

  async function statusOf(job: string): Promise<string | undefined> {
    const { stdout } = await run('jobs', '--json', '--gateway', flink().gatewayUrl)
    return (JSON.parse(stdout) as { jobs: Array<{ id: string; status: string }> }).jobs.find(({ id }) => id === job)?.status
  }

  /** How many records of device_metrics lie behind what a group has committed. */
  async function lagOf(group: string): Promise<number> {
    const committed = await bus.fetchOffsets(group, ['device_metrics'])
    const ends = await bus.offsets('device_metrics')
    return ends.reduce(
      (lag, { partition, latest }) => lag + latest - (committed.find((each) => each.partition === partition)?.offset ?? 0),
      0,
    )
  }

  async function recordsOf(topic: string): Promise<Array<{ key: string; source: string; value: Line }>> {
    const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
    const records: Array<{ key: string; source: string; value: Line }> = []
    for await (const batch of bus.read({ topic, partitions })) {
      for (let i = 0; i < batch.count; i++) {
        const { key, value, headers } = batch.record(i)
        const source = String(headers.find(([name]) => name === 'ce_source')?.[1])
        if (value !== null) records.push({ key: String(key), source, value: JSON.parse(Buffer.from(value).toString('utf8')) as Line })
      }
    }
    return records
  }
})

interface Line {
  event_time: string
  [field: string]: unknown
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)

/** The same moment of an interface that stays as it is. */
const still = (record: ReturnType<typeof flapping>[number]) => ({ ...record, value: { ...record.value, instance: 'ethernet-2', value: 1 } })

const timeOf = ({ event_time }: Line): number => Date.parse(event_time)

/** As texts with the members of objects in order, in order. */
const sorted = (lines: readonly Line[]): string[] => lines.map(canonical).sort()

/** The same lines, in whatever order; a failure shows those that only one of them has. */
function same(actual: readonly Line[], expected: readonly Line[]): void {
  const [one, other] = [sorted(actual), sorted(expected)]
  const only = { there: one.filter((line) => !other.includes(line)), here: other.filter((line) => !one.includes(line)) }
  expect(only).to.deep.equal({ there: [], here: [] })
  expect(one).to.deep.equal(other)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) => {
    // Sums of DOUBLE are made in another order: slices of windows here and there.
    if (typeof inner === 'number') return Number(inner.toPrecision(9))
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}
