import type { Painter } from './draw/row.ts'
import { bodyHeight, drawFrame, itemsOf, type Shown, type Size } from './frame.ts'
import { type Effect, type Facts, reduce, say } from './reduce.ts'
import { firstUi, type Ui } from './ui.ts'
import { VIEWS } from './views/index.ts'
import type { World } from './world.ts'

export interface StoreOptions {
  world: World
  painter: Painter
  /** Where the data is from, for the status line. */
  source: string
  /** Said beside the times, where they are not of the local zone. */
  zone?: string | undefined
  size(): Size
  now(): number
  /** ms of the clock that events are of; default: `now`. */
  eventNow?: (() => number) | undefined
  /** Address of the same in a browser, where there is one. */
  link?: string | undefined
  /** ms of a clock that only goes forward. */
  ticking(): number
  onEffect(effect: Effect): void
}

/** Ten drawings a second at most. */
const TICK = 100
/** Drawing, as far as it is done at once, takes at most this part of the time. What Ink puts off comes on top (bench/tui.ts). */
const SHARE = 0.4
const SLOWEST = 1_000

/**
 * What is shown, outside of React: records go into the world as they come; ten times a second, where something has changed, a frame is drawn, and React
 * is told of it.
 */
export class Store {
  readonly #o: StoreOptions
  #ui: Ui = firstUi
  #frame: readonly string[] = []
  #drawn = ''
  readonly #listeners = new Set<() => void>()
  #still: { world: World; at: number } | undefined
  #timer: NodeJS.Timeout | undefined
  #cost = 0
  /** Frames that were drawn, and ms that they took with all that React and Ink made of them. */
  readonly counts = { frames: 0, ms: 0 }

  constructor(options: StoreOptions) {
    this.#o = options
    this.#frame = this.#draw()
  }

  get ui(): Ui {
    return this.#ui
  }

  get paused(): boolean {
    return this.#still !== undefined
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same lines until another frame is drawn. */
  readonly frame = (): readonly string[] => this.#frame

  start(): void {
    this.#timer = setTimeout(this.#tick, TICK)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  readonly #tick = (): void => {
    this.#o.world.pass(this.#o.now())
    this.drawIfChanged()
    // A slow machine or a very large terminal: fewer frames, rather than no time for anything else.
    this.#timer = setTimeout(this.#tick, Math.min(SLOWEST, Math.max(TICK, this.#cost / SHARE)))
  }

  /** Draws unless everything that a frame shows is as it was. */
  drawIfChanged(): void {
    const { world, now, size } = this.#o
    const { columns, rows } = size()
    const what = `${this.#still ? 'still' : world.version} ${world.changes} ${Math.floor(now() / 1000)} ${columns}x${rows}`
    if (what === this.#drawn) return
    this.#drawn = what
    this.draw()
  }

  draw(): void {
    const { ticking } = this.#o
    const begin = ticking()
    const frame = this.#draw()
    if (frame.length !== this.#frame.length || frame.some((line, i) => line !== this.#frame[i])) {
      this.#frame = frame
      for (const listener of this.#listeners) listener()
      this.counts.frames++
    }
    const took = ticking() - begin
    this.counts.ms += took
    this.#cost = this.#cost * 0.8 + took * 0.2
  }

  /** Every line counts as new: the terminal has lost what it showed. */
  again(): void {
    // A change that nobody sees.
    this.#frame = this.#frame.map((line) => `${line}\u001b[0m`)
    for (const listener of this.#listeners) listener()
    this.draw()
  }

  say(text: string, bad = false): void {
    this.#ui = say(this.#ui, text, this.#o.now(), bad)
    this.draw()
  }

  pause(): void {
    this.#still = this.#still ? undefined : { world: this.#o.world.copy(), at: this.#there() }
    this.draw()
  }

  /** Keys of one piece of input, as {@link file://./keymap.ts} calls them. */
  type(keys: readonly string[]): void {
    for (const key of keys) {
      const { ui, effects } = reduce(this.#ui, key, this.#facts())
      this.#ui = ui
      for (const effect of effects) {
        if (effect.type === 'pause') this.pause()
        else this.#o.onEffect(effect)
      }
    }
    this.draw()
  }

  #shown(): Shown {
    const { world, now, source, zone, link } = this.#o
    const there = this.#there()
    const [still, at] = [this.#still?.world ?? world, this.#still?.at ?? there]
    return { world: still, live: world, paused: this.#still !== undefined, source, zone, now: now(), there, at, link }
  }

  #there(): number {
    const { eventNow, now } = this.#o
    return eventNow?.() ?? now()
  }

  #draw(): string[] {
    return drawFrame(this.#shown(), this.#ui, this.#o.size(), this.#o.painter)
  }

  #facts(): Facts {
    const shown = this.#shown()
    const { world } = shown
    const alert = (fingerprint: string) => world.modelOf(fingerprint)?.alerts.get(fingerprint)
    return {
      items: itemsOf(VIEWS[this.#ui.view], shown, this.#ui.lists[this.#ui.view]).items,
      page: Math.max(1, bodyHeight(this.#o.size()) - 2),
      now: shown.now,
      bus: world.bus,
      labels: (fingerprint) => alert(fingerprint)?.labels,
      acked: (fingerprint) => {
        const found = alert(fingerprint)
        return found !== undefined && world.modelOf(fingerprint)?.stands(found).acked !== undefined
      },
      sorts: (view) => VIEWS[view].sorts.length,
    }
  }
}
