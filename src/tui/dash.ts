import { resolve } from 'node:path'
import type { Clock } from '../base/clock.ts'
import { messageOf, ShitopsError } from '../base/errors.ts'
import { plural } from '../base/plural.ts'
import { Acts } from './acts.ts'
import { type Connection, connect } from './connect.ts'
import { type Colors, painter } from './draw/paint.ts'
import { clipboard, exportItems, exportName } from './export.ts'
import type { Effect } from './reduce.ts'
import type { Mounted } from './screen.ts'
import { Store } from './store.ts'
import { Suspension } from './suspension.ts'
import { AlternateScreen, InkOutput, type Output } from './terminal.ts'
import { World } from './world.ts'

export interface DashOptions {
  /** `ws://127.0.0.1:7468`, `wss://…` or the same with http. */
  url: string
  token: string
  /** For the status line: where the data is from. */
  source: string
  colors: Colors
  clock: Clock
  /** Of a simulation: what time it is there, ms. Lengths of time are told by it. */
  eventNow?: (() => number) | undefined
  /** Address of the web page, to be shown; what is secret in it is this terminal's to know. */
  link?: string | undefined
  signal: AbortSignal
  stdout: Output
  stdin: NodeJS.ReadStream
  /** Where exports go. */
  directory: string
  /** Said beside the times, where they are not of the local zone. */
  zone?: string | undefined
}

/** 0 of q, 129 of SIGHUP, 130 of Ctrl-C, 131 of SIGQUIT. */
export type DashCode = 0 | 129 | 130 | 131

export interface DashResult {
  code: DashCode
  changes: number
  dropped: number
  frames: number
}

/** The dashboard, until somebody quits or the signal aborts. The terminal is as it was before, whatever ends it. */
export async function dash(options: DashOptions): Promise<DashResult> {
  const { url, token, source, colors, clock, eventNow, link, signal, stdout, stdin, directory, zone } = options
  const world = new World()
  const acts = new Acts(url, token)
  const screen = new AlternateScreen(stdout)
  let end: (code: DashCode) => void = () => {}
  let refused: (why: string) => void = () => {}
  const ended = new Promise<DashCode>((done, failed) => {
    end = done
    refused = (why) =>
      failed(
        new ShitopsError('SHITOPS_E_SERVE_AUTH', `${source} does not let the dashboard in: ${why}`, {
          suggestions: ['--token-file FILE with a token that the server knows', 'docs/server.md, "Tokens"'],
        }),
      )
  })
  const redraw = () => {
    screen.wipe()
    store.again()
  }
  const asked = async (what: Promise<{ ok: boolean; text: string }>) => {
    const { ok, text } = await what
    store.say(text, !ok)
  }
  const effect = (wish: Effect): void => {
    if (wish.type === 'quit') end(wish.code)
    else if (wish.type === 'redraw') redraw()
    else if (wish.type === 'copy') stdout.write(clipboard(wish.text))
    else if (wish.type === 'ack') void asked(acts.ack(wish.fingerprint, wish.undo))
    else if (wish.type === 'silence') void asked(acts.silence(wish.wish))
    else if (wish.type === 'suspend') suspend()
    else if (wish.type === 'export') void asked(exported(wish, resolve(directory, wish.path ?? exportName(store.ui.view, clock.now()))))
  }
  const store = new Store({
    ...{
      world,
      source,
      zone,
      link,
      eventNow,
      painter: painter(colors),
      onEffect: effect,
      now: () => clock.now(),
      ticking: () => performance.now(),
    },
    size: () => ({ columns: stdout.columns, rows: stdout.rows }),
  })
  const shell = new Suspension({ screen, stdin, redraw })
  const suspend = () => shell.suspend()

  const { mount } = await import('./screen.ts')
  const ink = new InkOutput(stdout, screen)
  const resized = () => {
    screen.wipe()
    store.again()
    ink.emit('resize')
  }
  // At once, so that what is said about the stop is said on the screen that stays.
  const aborted = () => {
    screen.leave()
    end(0)
  }
  // Those that the signal knows nothing of: a terminal that is still there must be given back for them too.
  const deadly = (['SIGHUP', 'SIGQUIT'] as const).map((name) => {
    const listener = () => {
      screen.leave()
      end(name === 'SIGHUP' ? 129 : 131)
    }
    return { on: () => process.on(name, listener), off: () => process.off(name, listener) }
  })
  let mounted: Mounted | undefined
  let connection: Connection | undefined
  try {
    screen.enter()
    signal.addEventListener('abort', aborted, { once: true })
    if (signal.aborted) aborted()
    mounted = mount(store, { stdout: ink as unknown as NodeJS.WriteStream, stdin })
    stdout.on('resize', resized)
    for (const { on } of deadly) on()
    shell.watch()
    store.start()
    const onError = ({ message }: { message: string }) => store.say(message, true)
    connection = await connect({ url, token, world, now: () => clock.now(), onRefused: refused, onError })
    const code = await Promise.race([ended, mounted.ended.then(() => 0 as const)])
    return { code, changes: world.changes, dropped: world.dropped, frames: store.counts.frames }
  } finally {
    connection?.close()
    store.stop()
    signal.removeEventListener('abort', aborted)
    for (const { off } of deadly) off()
    shell.close()
    stdout.off('resize', resized)
    screen.leave()
    mounted?.unmount()
  }
}

async function exported({ items }: Effect & { type: 'export' }, path: string): Promise<{ ok: boolean; text: string }> {
  try {
    await exportItems(path, items)
    return { ok: true, text: `${plural(items.length, 'row is', 'rows are')} in ${path}` }
  } catch (error) {
    return { ok: false, text: `${path} cannot be written: ${messageOf(error)}` }
  }
}
