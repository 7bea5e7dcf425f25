import type { Logger } from '../../base/log.ts'

const MOST = 20

/** Keeps what is to be said until there is room for it: while a dashboard is drawn, a line would stand across it. */
export class HeldLog implements Logger {
  readonly #lines: Array<{ level: 'warn' | 'error'; text: string }> = []
  #more = 0

  debug(): void {}
  info(): void {}

  warn(text: string): void {
    this.#keep('warn', text)
  }

  error(text: string): void {
    this.#keep('error', text)
  }

  /** Says it, and holds nothing more. */
  tell(logger: Logger): void {
    for (const { level, text } of this.#lines.splice(0)) logger[level](text)
    if (this.#more > 0) logger.warn(`${this.#more} more warnings came while the dashboard was shown`)
    this.#more = 0
  }

  #keep(level: 'warn' | 'error', text: string): void {
    if (this.#lines.length < MOST) this.#lines.push({ level, text })
    else this.#more++
  }
}
