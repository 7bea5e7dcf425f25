import { readFileSync } from 'node:fs'
import type { IPty } from '@lydell/node-pty'
import type { Terminal } from '@xterm/headless'
import { PATIENCE } from './patience.ts'
import { spawnPty } from './spawn-pty.ts'

export interface PtyOptions {
  columns: number
  rows: number
  cwd: string
  env: Record<string, string>
}

const ENTER = '\u001b[?1049h'
const LEAVE = '\u001b[?1049l'

/** A program at a real terminal (a pty), and what somebody who sits there sees (xterm, without a window). */
export class PtyTerminal {
  readonly pty: IPty
  readonly term: Terminal
  /** Everything that was written, as it came. */
  written = ''
  exit: { exitCode: number; signal?: number | undefined } | undefined

  private constructor(pty: IPty, term: Terminal) {
    this.pty = pty
    this.term = term
    pty.onData((text) => {
      this.written += text
      term.write(text)
    })
    // What a terminal answers when it is asked what it is.
    term.onData((text) => pty.write(text))
    // Once all that was written before stands on the screen.
    pty.onExit((exit) =>
      term.write('', () => {
        this.exit = exit
      }),
    )
  }

  static async spawn(file: string, args: string[], { columns, rows, cwd, env }: PtyOptions): Promise<PtyTerminal> {
    // Loaded as CommonJS or as a module, as the loader likes.
    const loaded = (await import('@xterm/headless')) as typeof import('@xterm/headless') & { default?: typeof import('@xterm/headless') }
    const Xterm = loaded.Terminal ?? loaded.default?.Terminal
    const term = new Xterm({ cols: columns, rows, allowProposedApi: true, scrollback: 1_000 })
    return new PtyTerminal(spawnPty(file, args, { cols: columns, rows, cwd, env }), term)
  }

  type(text: string): void {
    this.pty.write(text)
  }

  resize(columns: number, rows: number): void {
    this.pty.resize(columns, rows)
    this.term.resize(columns, rows)
  }

  get alternate(): boolean {
    return this.term.buffer.active.type === 'alternate'
  }

  get lines(): string[] {
    const { active } = this.term.buffer
    return Array.from({ length: this.term.rows }, (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '')
  }

  get screen(): string {
    return this.lines.join('\n')
  }

  /** @throws what was still waited for, with what the screen shows */
  async until(what: string, holds: () => boolean, ms = PATIENCE): Promise<void> {
    const end = Date.now() + ms
    while (!holds()) {
      if (Date.now() > end) throw new Error(`still waiting: ${what}; on the screen:\n${this.screen}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  shows(text: string): Promise<void> {
    return this.until(text, () => this.screen.includes(text))
  }

  /** How often the alternate screen was taken, and given back. */
  get takenAndGiven(): [number, number] {
    return [this.written.split(ENTER).length - 1, this.written.split(LEAVE).length - 1]
  }

  /** Of the program that the shell here has started last. Linux only. */
  get child(): number {
    const pids = readFileSync(`/proc/${this.pty.pid}/task/${this.pty.pid}/children`, 'utf8').trim().split(' ')
    return Number(pids.at(-1))
  }

  /** Whatever is left of it. */
  kill(): void {
    try {
      this.pty.kill('SIGKILL')
    } catch {
      // It has ended.
    }
    this.term.dispose()
  }
}
