import type { Logger } from '../base/log.ts'

/** A block of lines that stands at the bottom of a terminal and is drawn anew in place. */
export class Redrawn {
  readonly #write: (text: string) => void
  #lines = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** In place of what was drawn before. */
  draw(lines: readonly string[]): void {
    const top = this.#top()
    this.#lines = lines.length
    this.#write(`${top}${lines.join('\n')}\n`)
  }

  /** Take it off the screen, so that somebody else may write a line there; the next one is drawn below. False where there was none. */
  makeRoom(): boolean {
    if (this.#lines === 0) return false
    this.#write(this.#top())
    this.#lines = 0
    return true
  }

  /** The cursor to where the block begins, and nothing below it. */
  #top(): string {
    return `${this.#lines > 0 ? `\u001b[${this.#lines}A` : ''}\r\u001b[0J`
  }
}

/** The same logger, whose lines do not run into what is drawn. */
export function besideDrawing(logger: Logger, drawn: { makeRoom(): unknown }): Logger {
  const write = (level: keyof Logger) => (message: string) => {
    drawn.makeRoom()
    logger[level](message)
  }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
