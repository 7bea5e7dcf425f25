import type { Writable } from 'node:stream'
import { ShitopsError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { problemText, type ValueProblem } from '../event/value-problem.ts'
import type { Outlet, StreamInfo, StreamWriter } from '../stream/writer.ts'
import type { SubscribeResponse } from '../wire/response.ts'

/** Writes the lines of one stream's notifications. */
export interface LineFormat {
  write(out: ByteBuffer, response: SubscribeResponse, receivedAt: number): readonly ValueProblem[]
}

/** A problem of one stream is said once, then every so many times. */
const SAMPLE_EVERY = 1_000

/** Streams as lines onto a stream such as standard output; a reader that is slow slows the targets. */
export class LineOutlet implements Outlet {
  readonly #stream: Writable
  readonly #format: (stream: StreamInfo) => LineFormat
  readonly #logger: Logger
  /** One is filled while the other is written. */
  #out = new ByteBuffer(512 << 10)
  #other = new ByteBuffer(512 << 10)

  constructor(stream: Writable, format: (stream: StreamInfo) => LineFormat, logger: Logger) {
    this.#stream = stream
    this.#format = format
    this.#logger = logger
  }

  get pending(): number {
    return this.#out.length
  }

  open(stream: StreamInfo): StreamWriter {
    const lines = this.#format(stream)
    let problems = 0
    const report = (text: string) => {
      if (problems++ % SAMPLE_EVERY === 0) this.#logger.warn(`${stream.target.name}: ${text}`)
    }
    return {
      notification: (response, receivedAt) => {
        const found = lines.write(this.#out, response, receivedAt)
        if (found.length > 0) report(found.map(problemText).join('; '))
      },
      malformed: (problem) => report(`a message that is no SubscribeResponse: ${problem.message}`),
      fact: () => {},
    }
  }

  async flush(): Promise<void> {
    if (this.#out.length === 0) return
    const full = this.#out
    this.#out = this.#other
    this.#other = full
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(full.view(), (error) => {
        // A reader that has seen enough closes the pipe: bin/run.js ends the process with 0.
        if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') reject(unwritable(error))
        else resolve()
      })
    })
    full.clear()
  }
}

const unwritable = (error: Error) =>
  new ShitopsError('SHITOPS_E_FILE', `standard output cannot be written: ${error.message}`, {
    suggestions: ['make room where it goes'],
    cause: error,
  })
