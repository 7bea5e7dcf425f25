/** A block of lines that stands at the bottom of a terminal and is drawn anew in place. */
export class Redrawn {
  readonly #write: (text: string) => void
  #lines = 0

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** In place of what was drawn before. */
  draw(lines: readonly string[]): void {
    const up = this.#lines > 0 ? `\u001b[${this.#lines}A` : ''
    this.#lines = lines.length
    this.#write(`${up}\r\u001b[0J${lines.length > 0 ? `${lines.join('\n')}\n` : ''}`)
  }
}
