import { endProcess } from '../base/process-end.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM'

/** Turns the first Ctrl-C or SIGTERM into an abort, with five seconds to drain; the second ends the process at once. */
export class Stopper {
  readonly #controller = new AbortController()
  #stoppedBy: StopSignal | undefined
  #deadline: NodeJS.Timeout | undefined
  readonly #onInt = () => this.#stop('SIGINT')
  readonly #onTerm = () => this.#stop('SIGTERM')

  constructor() {
    process.on('SIGINT', this.#onInt)
    process.on('SIGTERM', this.#onTerm)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  #stop(by: StopSignal): void {
    const code = by === 'SIGINT' ? 130 : 143
    if (this.#stoppedBy) {
      endProcess(code)
      return
    }
    this.#stoppedBy = by
    this.#deadline = setTimeout(() => endProcess(code), 5_000)
    this.#deadline.unref()
    // First, so that whoever draws in place can make room for the line.
    this.#controller.abort()
    process.stderr.write('Stopping (once more to stop at once)…\n')
  }

  /** Back to the default handling; tells which signal came, if one did. */
  release(): StopSignal | undefined {
    process.off('SIGINT', this.#onInt)
    process.off('SIGTERM', this.#onTerm)
    clearTimeout(this.#deadline)
    return this.#stoppedBy
  }
}
