/**
 * The dashboard under load: 10,000 changes a second into the world, which has 400 devices and 500 alerts, drawn by Ink at 24×110 and 60×200. A JSON line for
 * each view and size: `core`, the part of a core that is used, `ratio` of that to the same load without drawing, and how often a frame has cleared the
 * terminal, which fails the run.
 *
 *     node --import tsx bench/tui.ts [--short] [--seconds 5] [--view log]
 */
import { EventEmitter } from 'node:events'
import { parseArgs } from 'node:util'
import { examplesOf } from '../src/events/index.ts'
import type { ServerFrame, WireChange } from '../src/live/protocol.ts'
import { painter } from '../src/tui/draw/paint.ts'
import { Store } from '../src/tui/store.ts'
import { AlternateScreen, InkOutput, type Output } from '../src/tui/terminal.ts'
import { VIEW_NAMES, type ViewName } from '../src/tui/views/view.ts'
import { World } from '../src/tui/world.ts'

const RATE = 10_000
const EVERY_MS = 20
const SERIES = 400
const ALERTS = 500

const { values: flags } = parseArgs({
  options: { short: { type: 'boolean', default: false }, seconds: { type: 'string' }, view: { type: 'string' } },
})
const SECONDS = Number(flags.seconds ?? (flags.short ? 1.5 : 5))
const ALL = flags.short ? (['overview', 'log'] as const) : (['overview', 'alerts', 'network', 'log'] as const)
const VIEWS = flags.view === undefined ? ALL : VIEW_NAMES.filter((name) => name === flags.view)
const SIZES = [
  [110, 24],
  [200, 60],
] as const

// As in the bundle, and as at a terminal; read when React and Ink are loaded.
process.env.NODE_ENV = 'production'
process.env.CI = 'false'

let offset = 0
function changes(count: number): WireChange[] {
  const time = new Date().toISOString()
  return Array.from({ length: count }, () => {
    const n = offset++
    const target = `access-${n % SERIES}`
    const value = {
      event_time: time,
      target,
      metric: n % 2 ? 'cpu_load' : 'packet_loss',
      instance: '',
      unit: 'ratio',
      value: Math.random(),
    }
    return { topic: 'device_metrics', partition: 0, offset: n, key: target, time, value }
  })
}

class Sink extends EventEmitter implements Output {
  readonly isTTY = true
  readonly columns: number
  readonly rows: number
  bytes = 0
  clears = 0

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
  }

  write = (text: string): boolean => {
    this.bytes += text.length
    if (text.includes('\u001b[2J') || text.includes('\u001b[3J')) this.clears++
    return true
  }
}

/** An alert storm: what is looked at most when there is most of it. */
async function storm(): Promise<WireChange[]> {
  const { full } = await examplesOf('alerts')
  const [statuses, severities] = [['firing', 'pending', 'resolved'] as const, ['critical', 'warning', 'info'] as const]
  return Array.from({ length: ALERTS }, (_, i) => {
    const fingerprint = i.toString(16).padStart(16, '0')
    const value = { ...full, fingerprint, status: statuses[i % 3], severity: severities[(i % 7) % 3], subject: `access-${i % SERIES}` }
    return { topic: 'alerts', partition: 0, offset: i, key: fingerprint, time: new Date().toISOString(), value }
  })
}

/** @returns the part of a core that was used */
async function run(view: ViewName | undefined, columns: number, rows: number) {
  const world = new World()
  const take = (type: string, data: object) =>
    world.take('operations', { type, id: '', ts: '', data } as unknown as ServerFrame, Date.now())
  world.link('operations', { state: 'live', why: '' })
  take('snapshot', { channel: 'operations', first: true, last: true, changes: await storm() })
  const sink = new Sink(columns, rows)
  const screen = new AlternateScreen(sink)
  const store = new Store({
    ...{ world, painter: painter(256), source: 'bench', now: Date.now, ticking: () => performance.now(), onEffect() {} },
    size: () => ({ columns, rows }),
  })
  let unmount = () => {}
  if (view) {
    const { mount } = await import('../src/tui/screen.ts')
    screen.enter()
    const ink = new InkOutput(sink, screen) as unknown as NodeJS.WriteStream
    unmount = mount(store, { stdout: ink, stdin: process.stdin, input: false }).unmount
    store.type([String(VIEW_NAMES.indexOf(view) + 1)])
    store.start()
  }
  const feed = async (ms: number) => {
    const begin = performance.now()
    let fed = 0
    while (performance.now() - begin < ms) {
      const due = Math.floor(((performance.now() - begin) / 1000) * RATE) - fed
      take('delta', { channel: 'operations', changes: changes(due) })
      fed += due
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  }
  await feed(1_500)
  sink.clears = 0
  sink.bytes = 0
  const [frames, cpu, begin] = [store.counts.frames, process.cpuUsage(), performance.now()]
  await feed(SECONDS * 1_000)
  const used = process.cpuUsage(cpu)
  const took = performance.now() - begin
  const drawn = store.counts.frames - frames
  store.stop()
  screen.leave()
  unmount()
  return {
    core: (used.user + used.system) / 1_000 / took,
    fps: (drawn / took) * 1_000,
    clears: sink.clears,
    bytes: sink.bytes / Math.max(1, drawn),
  }
}

const round = (value: number, digits: number) => Number(value.toFixed(digits))
const bare = await run(undefined, 110, 24)
let bad = 0
for (const [columns, rows] of SIZES) {
  for (const view of VIEWS) {
    const { core, fps, clears, bytes } = await run(view, columns, rows)
    bad += clears
    const line = {
      name: `tui ${view} ${rows}x${columns}`,
      ratio: round(core / bare.core, 2),
      baseline: `${RATE} changes/s taken in and not drawn`,
      core: round(core, 3),
      baselineCore: round(bare.core, 3),
      framesPerSecond: round(fps, 1),
      bytesPerFrame: Math.round(bytes),
      fullClears: clears,
    }
    console.log(JSON.stringify(line))
  }
}
// Ink leaves listeners on the keyboard behind.
process.exit(bad === 0 ? 0 : 1)
