import { EventEmitter } from 'node:events'

/** Of a terminal's output what is used here. */
export interface Output {
  readonly columns: number
  readonly rows: number
  readonly isTTY?: boolean
  write(text: string): unknown
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J\u001b[H'
const LEAVE = '\u001b[?2026l\u001b[0m\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H\u001b[2J'
/** More lines than any terminal has. */
const ENDLESS = 100_000

/**
 * The alternate screen: taken and given back, whatever ends the program. A crash is seen before its message is printed, so that the message stays
 * on the screen that people come back to.
 */
export class AlternateScreen {
  readonly #output: Output
  #in = false
  readonly #leave = () => this.leave()

  constructor(output: Output) {
    this.#output = output
  }

  get entered(): boolean {
    return this.#in
  }

  enter(): void {
    if (this.#in) return
    this.#in = true
    process.on('exit', this.#leave)
    process.on('uncaughtExceptionMonitor', this.#leave)
    this.#output.write(ENTER)
  }

  /** An empty screen again, after a change of its size or somebody else's output. */
  wipe(): void {
    if (this.#in) this.#output.write(HOME)
  }

  leave(): void {
    if (!this.#in) return
    this.#in = false
    process.off('exit', this.#leave)
    process.off('uncaughtExceptionMonitor', this.#leave)
    this.#output.write(LEAVE)
  }
}

/**
 * The output as Ink is shown it: endlessly high. Ink clears the whole terminal, scrollback and all, when its last frame was as high as the screen is
 * now, which a window that gets smaller makes true. The frame's own height is ours to keep.
 */
export class InkOutput extends EventEmitter {
  readonly #output: Output
  readonly isTTY = true
  readonly rows = ENDLESS
  readonly #screen: AlternateScreen

  /** @param screen once it is left, Ink's last frame is nobody's business */
  constructor(output: Output, screen: AlternateScreen) {
    super()
    this.#output = output
    this.#screen = screen
  }

  get columns(): number {
    return this.#output.columns
  }

  write = (text: string): boolean => {
    if (this.#screen.entered) this.#output.write(text)
    return true
  }
}
