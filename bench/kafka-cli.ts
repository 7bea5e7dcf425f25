/**
 * The built CLI against kcat, whole processes, CPU seconds of user and system per million records of 300 bytes, on one broker: `tail --output raw`,
 * `tail --output ndjson` beside `kcat -J`, `produce --raw` beside `kcat -P`, and reading each codec. `node --import tsx bench/kafka-cli.ts [--short]`;
 * skipped, saying why, where there is no Java, Maven or kcat. Wants dist/ (npm run build).
 *
 * ratio: ours / kcat's, whole processes, start included; ratio_without_start: what our start costs (the same command with nothing to do) is taken off.
 * Goals, without start: raw 0.5, ndjson 1.5, produce 0.5, each codec 1.0.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBus } from '../src/bus/open.ts'
import { type KafkaCluster, startKafka } from '../test/support/kafka/cluster.ts'
import { missingForKafka } from '../test/support/kafka/distribution.ts'

const SHORT = process.argv.includes('--short')
const RECORDS = SHORT ? 300_000 : 2_000_000
const RUNS = SHORT ? 1 : 3
const RECORD_BYTES = 300
const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
const SHITOPS = `${process.execPath} ${fileURLToPath(new URL('../bin/run.js', import.meta.url))}`

/** By the shell's account: the last line of `times` is its children's. */
function cpuSeconds(command: string): number {
  const children = execFileSync('bash', ['-c', `${command}; times`], { encoding: 'utf8' })
  const last = children.trim().split('\n').at(-1) ?? ''
  return [...last.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, rest]) => sum + 60 * Number(minutes) + Number(rest), 0)
}

/** Of each command the least of its runs: what is more was somebody else's. They take turns, so that a busy minute is not one command's alone. */
function leastCpuSeconds(commands: readonly string[]): number[] {
  const rounds = Array.from({ length: RUNS }, () => commands.map(cpuSeconds))
  return commands.map((_, i) => Math.min(...rounds.map((round) => round[i] ?? Number.NaN)))
}

function compare(task: string, goal: number, { ours, idle, kcat }: { ours: string; idle: string; kcat: string }): void {
  const [whole = Number.NaN, start = Number.NaN, theirs = Number.NaN] = leastCpuSeconds([ours, idle, kcat])
  const perMillion = (seconds: number) => seconds / (RECORDS / 1e6)
  const line = { name: 'kafka-cli', task, baseline: 'kcat', ratio: whole / theirs, ratio_without_start: (whole - start) / theirs, goal }
  const costs = { ours_cpu_s_per_million: perMillion(whole), start_cpu_s: start, kcat_cpu_s_per_million: perMillion(theirs) }
  const result = { ...line, ...costs, records: RECORDS, record_bytes: RECORD_BYTES, runs: RUNS }
  console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toFixed(3)) : value)))
}

async function fill(kafka: KafkaCluster): Promise<void> {
  for (const compression of CODECS) {
    const bus = await openBus(kafka.url({ compression }))
    await bus.createTopic({ name: compression, partitions: 1, config: { 'retention.ms': '-1' } })
    for (let written = 0; written < RECORDS; written += 10_000) {
      const value = (i: number) => JSON.stringify({ n: written + i, site: `access-${i % 40}`, pad: '' }).slice(0, -2)
      const records = Array.from({ length: 10_000 }, (_, i) => ({
        key: null,
        value: `${value(i).padEnd(RECORD_BYTES - 2, 'abcdefghij')}"}`,
      }))
      await bus.append(compression, records)
    }
    await bus.close()
  }
}

async function main(): Promise<void> {
  const missing = missingForKafka() ?? (spawnSync('kcat', ['-V']).status === 0 ? null : 'no kcat on PATH (Debian: apt-get install kcat)')
  if (missing) return void process.stderr.write(`kafka-cli skipped: ${missing}\n`)
  const folder = mkdtempSync(join(tmpdir(), 'shitops-bench-'))
  const kafka = await startKafka()
  try {
    await fill(kafka)
    const lines = join(folder, 'lines')
    const address = kafka.address(1)
    const read = (topic: string, format: string) => `kcat -C -b ${address} -t ${topic} -p 0 -o beginning -e -q ${format} > /dev/null`
    const tail = (topic: string, output: string, from: string) =>
      `${SHITOPS} tail ${topic} --bus ${kafka.url()} --from ${from} --no-follow --output ${output} > /dev/null`
    const reading = (task: string, goal: number, topic: string, output: string, format: string) =>
      compare(task, goal, { ours: tail(topic, output, 'start'), idle: tail(topic, output, 'end'), kcat: read(topic, format) })
    reading('tail raw', 0.5, 'none', 'raw', "-f '%s\\n'")
    reading('tail ndjson', 1.5, 'none', 'ndjson', '-J')
    for (const codec of CODECS.slice(1)) reading(`tail raw ${codec}`, 1, codec, 'raw', "-f '%s\\n'")
    execFileSync('bash', ['-c', `${read('none', "-f '%s\\n'").replace('/dev/null', lines)}`])
    const produce = (input: string) => `${SHITOPS} produce written --create --raw --bus ${kafka.url()} < ${input} > /dev/null 2>&1`
    compare('produce', 0.5, { ours: produce(lines), idle: produce('/dev/null'), kcat: `kcat -P -b ${address} -t written -p 0 < ${lines}` })
  } finally {
    await kafka.down()
    rmSync(folder, { recursive: true, force: true })
  }
}

await main()
