import type { AlternateScreen } from './terminal.ts'

export interface SuspensionOptions {
  screen: AlternateScreen
  /** Of a keyboard what is used here. */
  stdin: { setRawMode?(on: boolean): unknown }
  /** Everything that was on the screen is lost. */
  redraw(): void
}

/** Whoever is not stopped by now will not be. */
const STOPPED_MS = 250

/**
 * To the shell and back, as any program does on Ctrl-Z and `fg`: raw mode keeps the terminal from doing it itself. Also a stop that comes from elsewhere
 * (`kill -TSTP`) gives the terminal back first; of `kill -STOP`, which nobody can see coming, `fg` repairs what the shell has changed.
 */
export class Suspension {
  readonly #o: SuspensionOptions
  #timer: NodeJS.Timeout | undefined
  readonly #onStop = () => this.suspend()
  readonly #onContinue = () => this.#back()

  constructor(options: SuspensionOptions) {
    this.#o = options
  }

  watch(): void {
    process.on('SIGTSTP', this.#onStop)
    process.on('SIGCONT', this.#onContinue)
  }

  close(): void {
    clearTimeout(this.#timer)
    process.off('SIGTSTP', this.#onStop)
    process.off('SIGCONT', this.#onContinue)
  }

  suspend(): void {
    if (process.platform === 'win32') return
    const { screen, stdin } = this.#o
    screen.leave()
    stdin.setRawMode?.(false)
    process.off('SIGTSTP', this.#onStop)
    // The whole job, as the terminal would: npm or a script that has started this stops too, or the shell would not come.
    process.kill(0, 'SIGTSTP')
    // A job that no shell looks after is not stopped: it goes on.
    this.#timer = setTimeout(this.#onContinue, STOPPED_MS)
  }

  #back(): void {
    clearTimeout(this.#timer)
    const { screen, stdin, redraw } = this.#o
    process.off('SIGTSTP', this.#onStop)
    process.on('SIGTSTP', this.#onStop)
    screen.leave()
    screen.enter()
    // Off first: on alone does nothing where it is believed to be on, and a shell may have changed it meanwhile.
    stdin.setRawMode?.(false)
    stdin.setRawMode?.(true)
    redraw()
  }
}
