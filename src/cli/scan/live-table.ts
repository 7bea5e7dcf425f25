import type { AudioMetrics, DevicePresence } from '../../events/event-types.ts'
import { Redrawn } from '../redrawn.ts'
import { cells, HEADINGS, type HeadsetRow, plain, withAudio, withPresence } from './headset-row.ts'
import { crowdText } from './line-view.ts'
import type { ScanView, Screen } from './view.ts'

/** Drawn so often at most, ms: an eye needs no more, and a slow terminal bears no more. */
const REDRAW_EVERY = 200
const GAP = 2
/** One line stays free, or the terminal would scroll. */
const MARGIN = 2

/** Who is where, in which state, with which battery, seen when: a table redrawn in place. */
export class LiveTable implements ScanView {
  readonly #screen: Screen
  readonly #rows = new Map<string, HeadsetRow>()
  readonly #crowd = new Map<string, string>()
  readonly #block: Redrawn
  #countedAt = ''
  #ended = false
  #timer: NodeJS.Timeout | undefined
  #drawing: Promise<void> = Promise.resolve()

  constructor(screen: Screen) {
    this.#screen = screen
    // A failed write is the terminal going away: the next flush meets it.
    this.#block = new Redrawn((text) => {
      this.#drawing = screen.write(text)
    })
  }

  record(topic: string, value: unknown): void {
    if (topic === 'device_presence') this.#presence(value as DevicePresence)
    else if (topic === 'audio_metrics') {
      const event = value as AudioMetrics
      this.#rows.set(event.device, withAudio(this.#rows.get(event.device), event))
    }
  }

  /** Draws soon, once for all that comes until then. */
  flush(): Promise<void> {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#draw()
    }, REDRAW_EVERY)
    return this.#drawing
  }

  /** Take the table off the screen, so that somebody else may write a line there; it is drawn again below. */
  makeRoom(): void {
    if (this.#ended || !this.#block.makeRoom()) return
    void this.flush()
  }

  /** The last state stays on the screen; of a scan that has shown nothing there is none. */
  async end(): Promise<void> {
    clearTimeout(this.#timer)
    this.#ended = true
    if (this.#rows.size + this.#crowd.size > 0) this.#draw()
    await this.#drawing
  }

  #presence(event: DevicePresence): void {
    if (event.kind === 'crowd') this.#others(event)
    else this.#rows.set(event.device, withPresence(this.#rows.get(event.device), event))
  }

  /** The counts of one interval come together; a zone that is not among them any more has no receiver. */
  #others(event: DevicePresence): void {
    if (event.event_time !== this.#countedAt) this.#crowd.clear()
    this.#countedAt = event.event_time
    this.#crowd.set(event.zone ?? '-', crowdText(event))
  }

  #draw(): void {
    this.#block.draw(this.#lines())
  }

  #lines(): string[] {
    const rows = [...this.#rows.values()].sort((a, b) => Number(a.gone) - Number(b.gone) || (a.who < b.who ? -1 : 1))
    const others = this.#crowd.size === 0 ? [] : [`others: ${[...this.#crowd].map(([zone, count]) => `${zone} ${count}`).join(', ')}`]
    const room = Math.max(1, this.#screen.rows - MARGIN - 1 - others.length)
    const table = [HEADINGS, ...rows.slice(0, room).map((row) => cells(row, this.#screen.utc))]
    const widths = HEADINGS.map((_, i) => Math.max(...table.map((line) => line[i]?.length ?? 0)))
    const lines = table.map((line) => line.map((cell, i) => cell.padEnd((widths[i] ?? 0) + GAP)).join(''))
    return [...lines, ...others].map((line) =>
      plain(line)
        .trimEnd()
        .slice(0, Math.max(1, this.#screen.columns - 1)),
    )
  }
}
