import { SIGNAL_WINDOW, SignalWindow } from './signal-window.ts'
import type { Summary } from './tukey.ts'

/** Another receiver takes over when it hears a headset this much better, dB (about 40 % nearer) … */
const MARGIN = 6
/** … for this long, ms of event time. */
const DWELL = 5_000
/** Receivers remembered of one headset; names come from outside. */
const MOST_RECEIVERS = 32

/** Which of several receivers a headset is nearest to. A receiver that is silent gives way at once, a weaker one after a while. */
export class Receivers {
  readonly #windows = new Map<string, SignalWindow>()
  nearest = ''
  #challenger: { name: string; since: number } | undefined

  hear(receiver: string, rssi: number | null, time: number): void {
    let window = this.#windows.get(receiver)
    if (!window) {
      window = new SignalWindow()
      this.#forgetSilent(time)
      this.#windows.set(receiver, window)
    }
    window.hear(rssi, time)
    this.#choose(time)
  }

  /** dBm at the nearest receiver, smoothed. */
  signal(time: number): Summary | undefined {
    return this.#windows.get(this.nearest)?.summary(time)
  }

  #choose(time: number): void {
    const best = this.#best(time)
    if (this.#gaveWay(best, time) || this.#outheard(best, time)) {
      this.nearest = best
      this.#challenger = undefined
    }
  }

  /** The present one fell silent, or there was none. */
  #gaveWay(best: string, time: number): boolean {
    const present = this.#windows.get(this.nearest)
    return !present || (best !== this.nearest && time - present.heardAt >= SIGNAL_WINDOW)
  }

  /** Another one has heard it better by the margin, for as long as it takes. */
  #outheard(best: string, time: number): boolean {
    const strength = (name: string) => this.#windows.get(name)?.summary(time)?.mean ?? Number.NEGATIVE_INFINITY
    if (best === this.nearest || strength(best) < strength(this.nearest) + MARGIN) {
      this.#challenger = undefined
      return false
    }
    if (this.#challenger?.name !== best) this.#challenger = { name: best, since: time }
    return time - this.#challenger.since >= DWELL
  }

  /** The strongest of those heard lately; of those without a strength the one heard last. */
  #best(time: number): string {
    let best = this.nearest
    let most = Number.NEGATIVE_INFINITY
    for (const [name, window] of this.#windows) {
      if (time - window.heardAt >= SIGNAL_WINDOW) continue
      const strength = window.summary(time)?.mean ?? -127
      if (strength < most || (strength === most && best === this.nearest)) continue
      best = name
      most = strength
    }
    return best
  }

  /** Make room: what fell silent first, then what was heard longest ago. */
  #forgetSilent(time: number): void {
    for (const [name, window] of this.#windows)
      if (name !== this.nearest && time - window.heardAt >= SIGNAL_WINDOW) this.#windows.delete(name)
    const eldest = [...this.#windows].filter(([name]) => name !== this.nearest).sort(([, a], [, b]) => a.heardAt - b.heardAt)
    for (const [name] of eldest.slice(0, Math.max(0, this.#windows.size + 1 - MOST_RECEIVERS))) this.#windows.delete(name)
  }
}
