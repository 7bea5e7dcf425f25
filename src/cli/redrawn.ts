import { stripVTControlCharacters } from 'node:util'
import type { Logger } from '../base/log.ts'

/** A block of lines that stands at the bottom of a terminal and is drawn anew in place. */
export class Redrawn {
  readonly #write: (text: string) => void
  readonly #columns: () => number | undefined
  /** Columns that each line takes. */
  #widths: readonly number[] = []

  /** @param columns of the terminal at the moment; where it has become narrower it has broken the lines that stand there */
  constructor(write: (text: string) => void, columns: () => number | undefined = () => undefined) {
    this.#write = write
    this.#columns = columns
  }

  /** In place of what was drawn before. */
  draw(lines: readonly string[]): void {
    const top = this.#top()
    this.#widths = lines.map((line) => stripVTControlCharacters(line).length)
    this.#write(`${top}${lines.join('\n')}\n`)
  }

  /** Take it off the screen, so that somebody else may write a line there; the next one is drawn below. False where there was none. */
  makeRoom(): boolean {
    if (this.#widths.length === 0) return false
    this.#write(this.#top())
    this.#widths = []
    return true
  }

  /** The cursor to where the block begins, and nothing below it. */
  #top(): string {
    const columns = this.#columns() || Number.POSITIVE_INFINITY
    const rows = this.#widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0)
    return `${rows > 0 ? `\u001b[${rows}A` : ''}\r\u001b[0J`
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
