/**
 * `node --import tsx bench/workflow-predict.ts [--short | --small] [WORD …]`: mean absolute error of the time left, beside counting baselines in the same run,
 * for the event logs of a folder ($SHITOPS_WORKFLOW_LOGS, else beside the checkout; words choose by file name). Cases of three steps and more in the
 * order of their begin, prefixes of two steps and more up to the last but one. Three splits:
 *
 *   80/20     learnt on the first 80 %, told on the last 20 %
 *   64/16/20  the papers': learnt on the first 64 %, told on the last 20 %; the 16 % between, for stopping early in the papers, are not used at all
 *   inner     the guard: learnt on the first 64 % less 14 %, told on those 14 %, and on the first 64 %, told on the next 16 %; no test case is touched,
 *             and design choices were made on these
 *
 * Then states learnt and predicted per second of CPU, and bytes of a running case. --short leaves out all but 80/20.
 *
 * --small instead: 5, 10, 20, 50 and 100 cases drawn from the first half of every log of 1,000 cases and more, told on later ones, 20 draws a size with
 * fixed seeds; ratios are geometric means over the draws, `no_worse` the share of draws with an error no greater. Design choices were made on the seeds
 * 1 to 20, what is printed is for others.
 */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { evaluate, trained } from '../src/cli/workflow/predict-evaluate.ts'
import { readLog } from '../src/collectors/workflow/formats/index.ts'
import type { WorkflowEvent } from '../src/events/event-types.ts'
import { Calibration } from '../src/mining/predict/calibration.ts'
import { holdOut, type LogCase, logCases } from '../src/mining/predict/log-cases.ts'
import { Predictor } from '../src/mining/predict/predictor.ts'
import { RunningCases } from '../src/mining/predict/running-cases.ts'
import { BASELINES, baselineMae } from './workflow-predict/baselines.ts'
import { type Draw, SIZES, smallLogs, summed } from './workflow-predict/small.ts'

const LEAST = 2
const folder = process.env.SHITOPS_WORKFLOW_LOGS ?? join(import.meta.dirname, '../../shared/data/workflow')
const small = process.argv.includes('--small')
/** Cases of a log that small ones are drawn from. */
const LARGE = 1_000
/** Not those that the design was chosen on. */
const SEEDS = Array.from({ length: 20 }, (_, i) => 101 + i)
const short = process.argv.includes('--short')
const words = process.argv.slice(2).filter((arg) => !arg.startsWith('-'))
const rounded = (x: number, digits = 3) => Number(x.toFixed(digits))

async function* eventsOf(file: string): AsyncGenerator<WorkflowEvent> {
  for await (const { event } of readLog(join(folder, file))) yield event
}

/** One split: the predictor, every baseline, and whether it is at least as good as the best of them. */
function compare(log: string, split: string, train: readonly LogCase[], test: readonly LogCase[]): void {
  const before = process.cpuUsage()
  const predictor = trained(train)
  const learnt = process.cpuUsage(before)
  const calibration = new Calibration()
  for (const _ of evaluate(predictor, test, { least: LEAST, explain: false }, calibration));
  const told = process.cpuUsage(before)
  const report = calibration.report()
  if (report.mae_days === null) return
  const baselines = Object.entries(BASELINES).map(([name, keyOf]) => [name, rounded(baselineMae(train, test, keyOf, LEAST))] as const)
  const [name, best] = [...baselines].sort((a, b) => a[1] - b[1])[0] as readonly [string, number]
  const learntStates = train.reduce((sum, { steps }) => sum + steps.length - 1, 0)
  console.log(
    JSON.stringify({
      name: `workflow-predict: ${log} ${split}`,
      ratio: rounded(report.mae_days / best),
      baseline: name,
      mae_days: rounded(report.mae_days),
      baselines: Object.fromEntries(baselines),
      prefixes: report.prefixes,
      p10_to_p90: rounded(report.within ?? 0),
      next_activity: rounded(report.next_activity_accuracy ?? 0),
      learnt_per_cpu_second: Math.round((learntStates / (learnt.user + learnt.system)) * 1e6),
      predicted_per_cpu_second: Math.round((report.prefixes / (told.user + told.system - learnt.user - learnt.system)) * 1e6),
    }),
  )
}

/** All events of a log as they come: cases end as it is learnt that they do, each event is followed by a prediction. */
async function stream(log: string, file: string): Promise<void> {
  const events: WorkflowEvent[] = []
  for await (const event of eventsOf(file)) events.push(event)
  events.sort((a, b) => (a.event_time < b.event_time ? -1 : a.event_time > b.event_time ? 1 : 0))
  const predictor = new Predictor()
  const running = new RunningCases(predictor)
  const before = process.cpuUsage()
  for (const event of events) {
    const found = running.take(event)
    if (found) predictor.predict(found.state)
  }
  const used = process.cpuUsage(before)
  const { predictor: learner, ...cases } = { predictor: predictor.save(), running: running.save() as { cases: unknown[] } }
  console.log(
    JSON.stringify({
      name: `workflow-predict: ${log} as a stream`,
      events: events.length,
      events_per_cpu_second: Math.round((events.length / (used.user + used.system)) * 1e6),
      ended: running.counts.ended,
      ended_by_idleness: running.counts.idle,
      resumed: running.counts.resumed,
      running: running.size,
      saved_bytes_per_running_case: Math.round(JSON.stringify(cases.running.cases).length / Math.max(1, running.size)),
      saved_bytes_of_the_predictor: JSON.stringify(learner).length,
    }),
  )
}

/** What small logs say, as a line. */
function tell(name: string, draws: readonly Draw[]): void {
  const against = Object.entries(summed(draws)).map(([of, { ratio, no_worse }]) => [
    of,
    { ratio: rounded(ratio), no_worse: rounded(no_worse) },
  ])
  console.log(JSON.stringify({ name: `workflow-predict: ${name}`, draws: draws.length, against: Object.fromEntries(against) }))
}

const draws: Draw[] = []
const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.xes(\.gz)?$/.test(file)) : []
if (files.length === 0)
  console.log(JSON.stringify({ name: 'workflow-predict', skipped: `no logs in ${folder}; set SHITOPS_WORKFLOW_LOGS` }))
for (const file of files.filter((name) => words.length === 0 || words.some((word) => name.toLowerCase().includes(word)))) {
  const log = file.replace(/\.xes(\.gz)?$/, '')
  const cases = (await logCases(eventsOf(file))).filter(({ steps }) => steps.length > LEAST)
  if (small) {
    if (cases.length < LARGE) continue
    for (const size of SIZES) {
      const drawn = [...smallLogs(log, cases, size, SEEDS, LEAST)]
      tell(`${log}, ${size} cases learnt`, drawn)
      draws.push(...drawn)
    }
    continue
  }
  const { train, test } = holdOut(cases, 0.2)
  compare(log, '80/20', train, test)
  if (short) continue
  const part = (share: number) => Math.floor(cases.length * share + 1e-9)
  compare(log, '64/16/20', cases.slice(0, part(0.64)), test)
  compare(log, 'inner 50/14', cases.slice(0, part(0.5)), cases.slice(part(0.5), part(0.64)))
  compare(log, 'inner 64/16', cases.slice(0, part(0.64)), cases.slice(part(0.64), part(0.8)))
  await stream(log, file)
}
if (draws.length > 0) {
  for (const size of SIZES)
    tell(
      `small logs, ${size} cases learnt`,
      draws.filter((draw) => draw.size === size),
    )
  tell('small logs', draws)
}
