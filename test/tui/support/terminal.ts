import { EventEmitter } from 'node:events'
import type { Terminal } from '@xterm/headless'

/** What clears the whole terminal: flicker, and with the third the scrollback is gone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is counted
const CLEARS = /\u001b\[2J|\u001b\[3J|\u001bc/g

/** A terminal without a window: what is written is obeyed by xterm, and its cells can be read. */
export class HeadlessTerminal extends EventEmitter {
  readonly isTTY = true
  readonly #term: Terminal
  bytes = 0
  /** Everything, as it came: what was shown for a while only is there too. */
  written = ''
  writes = 0
  #clears = 0

  private constructor(term: Terminal) {
    super()
    this.#term = term
  }

  static async open(columns: number, rows: number): Promise<HeadlessTerminal> {
    // There is no line discipline here that would turn \n into \r\n. Loaded as CommonJS or as a module, as the loader likes.
    const loaded = (await import('@xterm/headless')) as typeof import('@xterm/headless') & { default?: typeof import('@xterm/headless') }
    const Xterm = loaded.Terminal ?? loaded.default?.Terminal
    return new HeadlessTerminal(new Xterm({ cols: columns, rows, allowProposedApi: true, convertEol: true, scrollback: 1_000 }))
  }

  get columns(): number {
    return this.#term.cols
  }

  get rows(): number {
    return this.#term.rows
  }

  /** Since the count was asked for last. */
  takeClears(): number {
    const clears = this.#clears
    this.#clears = 0
    return clears
  }

  write = (text: string): boolean => {
    this.bytes += Buffer.byteLength(text)
    this.writes++
    this.written += text
    this.#clears += text.match(CLEARS)?.length ?? 0
    this.#term.write(text)
    return true
  }

  resize(columns: number, rows: number): void {
    this.#term.resize(columns, rows)
    this.emit('resize')
  }

  /** All that was written has been obeyed. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#term.write('', resolve))
  }

  get alternate(): boolean {
    return this.#term.buffer.active.type === 'alternate'
  }

  /** Lines that have scrolled away. */
  get scrolled(): number {
    return this.#term.buffer.active.baseY
  }

  get screen(): string[] {
    const { active } = this.#term.buffer
    return Array.from({ length: this.#term.rows }, (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '')
  }
}

/** A keyboard: what Ink reads of a standard input. */
export class Keyboard extends EventEmitter {
  readonly isTTY = true
  raw = false
  readonly #typed: string[] = []

  type(text: string): void {
    this.#typed.push(text)
    this.emit('readable')
  }

  read = (): string | null => this.#typed.shift() ?? null
  setRawMode = (on: boolean): this => {
    this.raw = on
    return this
  }
  setEncoding = (): this => this
  ref = (): this => this
  unref = (): this => this
  resume = (): this => this
  pause = (): this => this
}
