/**
 * The embedded bus against a plain LMDB loop over packed batches (bus-embedded/plain.ts): each run of each in a process of its
 * own, in turns, so that both meet the same machine. `--runs 5`, `--short`; BENCH_BASE names a directory on the disk to measure.
 *
 * ratio: ours / baseline, records a second of wall time; cpu_ratio: baseline / ours, CPU time a record; medians of the runs.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBus } from '../src/bus/open.ts'
import { FOLLOWED, IN_FLIGHT, type Outcome } from './bus-embedded/tasks.ts'

const TASKS = fileURLToPath(new URL('./bus-embedded/tasks.ts', import.meta.url))
const GOAL = 0.9

const { values: flags } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, short: { type: 'boolean', default: false } },
  strict: false,
})
const runs = flags.short ? 1 : Number(flags.runs)
/** Batches of 1,000 records: appended in a run, and read in a run, so many that the compiler's first moments weigh little. */
const APPENDED = flags.short ? 300 : 1_000
const READ = flags.short ? 300 : 3_000

function start(task: string, directory: string, batches = APPENDED) {
  return fork(TASKS, [], { env: { ...process.env, BENCH_TASK: task, BENCH_DIRECTORY: directory, BENCH_BATCHES: String(batches) } })
}

/** Run a task in a process of its own. */
function inChild(task: string, directory: string, batches?: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = start(task, directory, batches)
    child.once('message', (outcome) => resolve(outcome as Outcome))
    child.once('exit', (code) => reject(new Error(`${task} ended with ${code}`)))
  })
}

async function compare(
  name: string,
  ours: string,
  baseline: string,
  place: { directoryOf(task: string, run: number): string; batches: number },
  checked = 'no checksum',
): Promise<void> {
  const outcomes: Record<string, Outcome[]> = { [ours]: [], [baseline]: [] }
  for (let run = 0; run < runs; run++) {
    for (const task of run % 2 ? [ours, baseline] : [baseline, ours])
      outcomes[task]?.push(await inChild(task, place.directoryOf(task, run), place.batches))
  }
  const of = (task: string, field: keyof Outcome) => median((outcomes[task] ?? []).map((outcome) => outcome[field]))
  print({
    name,
    ratio: round(of(ours, 'perSecond') / of(baseline, 'perSecond')),
    baseline: `plain LMDB, one packed batch a value, ${checked}`,
    goal: GOAL,
    cpu_ratio: round(of(baseline, 'cpuMicros') / of(ours, 'cpuMicros')),
    records_per_s: Math.round(of(ours, 'perSecond')),
    baseline_records_per_s: Math.round(of(baseline, 'perSecond')),
    runs,
  })
}

/** From the append in this process to the record in another one; one append each 5 ms. */
async function followLatency(directory: string): Promise<void> {
  const bus = await openBus(`embedded:${directory}`)
  await bus.createTopic({ name: 'follow', partitions: 1 })
  const reader = start('follow', directory)
  const latencies = new Promise<number[]>((resolve, reject) => {
    reader.on('message', (message) => {
      if (message !== 'ready') resolve(message as number[])
    })
    reader.once('exit', (code) => reject(new Error(`the follower ended with ${code}`)))
  })
  await new Promise<void>((resolve) => reader.once('message', () => resolve()))
  for (let i = 0; i < FOLLOWED; i++) {
    await bus.append('follow', [{ key: null, value: String(performance.timeOrigin + performance.now()) }])
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const sorted = (await latencies).sort((a, b) => a - b)
  await bus.close()
  const at = (share: number) => round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)
  print({ name: 'embedded follow across processes, ms from append to reader', p50: at(0.5), p99: at(0.99), max: at(1), goal_p50: 5 })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const base = mkdtempSync(join(process.env.BENCH_BASE ?? tmpdir(), 'shitops-bench-'))
try {
  const appended = { directoryOf: (task: string, run: number) => join(base, `${task}-${run}`), batches: APPENDED }
  await compare('embedded append, durable, batches of 1,000 records of 300 bytes', 'append-bus', 'append-plain', appended)
  const read = { directoryOf: (task: string) => join(base, task.endsWith('bus') ? 'read-bus' : 'read-plain'), batches: READ }
  await inChild('append-bus', join(base, 'read-bus'), READ)
  await inChild('append-plain', join(base, 'read-plain'), READ)
  await compare('embedded read by a fresh process, whole records', 'records-bus', 'records-plain', read)
  await compare('embedded read by a fresh process, whole records', 'records-bus', 'checked-plain', read, 'checked with zlib.crc32')
  await compare('embedded read by a fresh process, values only', 'values-bus', 'values-plain', read)
  await followLatency(join(base, 'follow'))
  const small = await inChild('append-small', join(base, 'small'))
  print({
    name: 'embedded append, durable, one record an append',
    records_per_s: Math.round(small.perSecond),
    goal: 10_000,
    in_flight: IN_FLIGHT,
  })
} finally {
  rmSync(base, { recursive: true, force: true })
}
