/**
 * The dashboard under load: 10,000 changes a second into the world, drawn by Ink at 24×110 and 60×200. What counts is the part of a core that it takes beside
 * the same load without drawing (the baseline), and that no frame clears the terminal.
 *
 *     NODE_ENV=production node --import tsx bench/tui.ts [seconds]
 */
import { EventEmitter } from 'node:events'
import type { ServerFrame, WireChange } from '../src/live/protocol.ts'
import { painter } from '../src/tui/draw/paint.ts'
import { Store } from '../src/tui/store.ts'
import { AlternateScreen, InkOutput, type Output } from '../src/tui/terminal.ts'
import { VIEW_NAMES, type ViewName } from '../src/tui/views/view.ts'
import { World } from '../src/tui/world.ts'

const RATE = 10_000
const EVERY_MS = 20
const SERIES = 400
const SECONDS = Number(process.argv[2] ?? 5)

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

/** @returns the part of a core that was used */
async function run(view: ViewName | undefined, columns: number, rows: number) {
  const world = new World()
  const take = (type: string, data: object) =>
    world.take('operations', { type, id: '', ts: '', data } as unknown as ServerFrame, Date.now())
  world.link('operations', { state: 'live', why: '' })
  take('snapshot', { channel: 'operations', first: true, last: true, changes: [] })
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
  const [frames, cpu, begin] = [store.counts.frames, process.cpuUsage(), performance.now()]
  await feed(SECONDS * 1_000)
  const used = process.cpuUsage(cpu)
  const took = performance.now() - begin
  const drawn = store.counts.frames - frames
  store.stop()
  screen.leave()
  unmount()
  return { core: (used.user + used.system) / 1_000 / took, fps: (drawn / took) * 1_000, clears: sink.clears }
}

const bare = await run(undefined, 110, 24)
console.log(`${RATE} changes/s without drawing (baseline): ${(bare.core * 100).toFixed(0)} % of a core`)
for (const [columns, rows] of [
  [110, 24],
  [200, 60],
] as const) {
  for (const view of ['overview', 'network', 'log'] as const) {
    const { core, fps, clears } = await run(view, columns, rows)
    const ratio = (core / bare.core).toFixed(1)
    console.log(
      `${view} at ${rows}×${columns}: ${(core * 100).toFixed(0)} % of a core, ${ratio} × the baseline, ${fps.toFixed(1)} frames/s, ${clears} full clears`,
    )
  }
}
process.exit(0)
