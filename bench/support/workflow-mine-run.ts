/** The measurements of bench/workflow-mine.ts, which runs this as a bundle. */
import type { WorkflowEvent } from '../../src/events/event-types.ts'
import { Checker } from '../../src/mining/conform/checker.ts'
import type { RuleSet } from '../../src/mining/conform/rule-schema.ts'
import { ProcessMiner } from '../../src/mining/discover/process-miner.ts'
import { report } from '../../src/mining/discover/report.ts'
import { mapOf } from '../../src/mining/map/process-map.ts'
import { toSvg } from '../../src/mining/map/svg.ts'

const short = process.argv.includes('--short')
const ROUNDS = short ? 3 : 5
const EVENTS = short ? 100_000 : 400_000

const WAYS = [
  ['submit', 'check', 'approve', 'pay'],
  ['submit', 'check', 'approve', 'pay'],
  ['submit', 'check', 'return', 'submit', 'check', 'approve', 'pay'],
  ['submit', 'check', 'ask', 'answer', 'check', 'approve', 'approve by budget owner', 'pay'],
  ['submit', 'reject'],
]

/** Purchase-to-pay by a fixed rule: 2,000 cases open at a time, 40 persons of 6 teams. */
function workload(): WorkflowEvent[] {
  const events: WorkflowEvent[] = []
  const open: Array<{ id: number; way: readonly string[]; at: number }> = []
  let next = 0
  for (let i = 0; i < EVENTS; i++) {
    const slot = (i * 7919) % 2_000
    let found = open[slot]
    if (!found || found.at === found.way.length) {
      found = { id: next++, way: WAYS[(next * 31) % WAYS.length] as string[], at: 0 }
      open[slot] = found
    }
    const activity = found.way[found.at++] as string
    const person = (found.id * 13 + found.at * 7) % 40
    const event_time = new Date(1_767_225_600_000 + i * 20_000).toISOString()
    events.push({
      event_time,
      case_id: `INV-${found.id}`,
      activity,
      lifecycle: 'completed',
      person: `p-${person}`,
      team: `t-${person % 6}`,
    })
  }
  return events
}

const events = workload()

/** What a script of a few lines does: pairs counted by their names, all cases kept for ever. */
function plain(): number {
  const last = new Map<string, string>()
  const pairs = new Map<string, number>()
  for (const { case_id, activity } of events) {
    const pair = `${last.get(case_id) ?? ''}\0${activity}`
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1)
    last.set(case_id, activity)
  }
  return pairs.size
}

function mined(halfLifeMs?: number): ProcessMiner {
  const miner = new ProcessMiner({ halfLifeMs })
  for (const event of events) miner.observe(event)
  return miner
}

const RULES: RuleSet = {
  ends: ['pay', 'reject'],
  rules: [
    { name: 'eyes', rule: 'four_eyes', severity: 'critical', activities: ['submit', 'approve'] },
    { name: 'swift', rule: 'response', severity: 'warning', activity: ['submit'], followed_by: ['approve', 'reject'], within: 86_400_000 },
    { name: 'order', rule: 'precedence', severity: 'warning', activity: ['pay'], after: ['approve'] },
    { name: 'once', rule: 'exactly_once', severity: 'warning', activity: ['pay'] },
  ],
}

function checked(): number {
  const checker = new Checker(RULES)
  let found = 0
  for (const event of events) {
    found += checker.advance(Date.parse(event.event_time)).length
    found += checker.observe({ event, place: { file: 'f', line: null } }).length
  }
  return found
}

/** Events per second of CPU time, median of the rounds; the first, which compiles, does not count. */
function rate(pass: () => unknown): number {
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const before = process.cpuUsage()
    pass()
    const { user, system } = process.cpuUsage(before)
    if (round > 0) rates.push((EVENTS / (user + system)) * 1e6)
  }
  return rates.sort((a, b) => a - b)[ROUNDS >> 1] as number
}

const baseline = rate(plain)
const tell = (name: string, pass: () => unknown, more: object = {}) => {
  const events_per_cpu_s = rate(pass)
  const ratio = Number((events_per_cpu_s / baseline).toFixed(3))
  console.log(
    JSON.stringify({
      name: `workflow: ${name}`,
      ratio,
      baseline: 'pairs counted in a Map',
      events_per_cpu_s: Math.round(events_per_cpu_s),
      baseline_events_per_cpu_s: Math.round(baseline),
      ...more,
    }),
  )
}

const state = JSON.stringify(mined().save()).length
tell('mine', () => mined(), { state_bytes: state, events: EVENTS })
tell('mine with a half-life', () => mined(7 * 86_400_000))
tell('conform, four rules', checked)
const model = report(mined())
const started = process.cpuUsage()
const svg = toSvg(mapOf(model, { activities: 1, paths: 1 }), { title: 'bench' })
const { user, system } = process.cpuUsage(started)
console.log(
  JSON.stringify({
    name: 'workflow: SVG of the whole map',
    cpu_ms: Math.round((user + system) / 1000),
    bytes: svg.length,
    flows: model.flows.length,
  }),
)
