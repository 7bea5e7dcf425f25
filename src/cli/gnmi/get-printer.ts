import type { ShitopsError } from '../../base/errors.ts'
import { EventLines } from '../../collectors/gnmi/event/event-lines.ts'
import { FlatLines } from '../../collectors/gnmi/event/flat-lines.ts'
import { JsonLines } from '../../collectors/gnmi/event/json-lines.ts'
import type { ResponseLines } from '../../collectors/gnmi/event/response-lines.ts'
import { problemText } from '../../collectors/gnmi/event/value-problem.ts'
import type { ErrorReport } from '../error-report.ts'
import { ResponseWriter, readGetAnswer } from './get-answer.ts'
import { LeafTable } from './leaf-table.ts'

/** Prints GetResponses, one target after the other. */
export interface GetPrinter {
  /** @param warn of values that had to be written as text @returns why not all of the answer could be read */
  answer(source: string, bytes: Buffer, warn: (message: string) => void): Promise<ShitopsError | undefined>
  /** A target that gave no answer, or not all of it. */
  failure(source: string, report: ErrorReport): Promise<void>
  /** After the last target. @param error of the whole */
  end(error: ErrorReport | undefined): Promise<void>
}

export type GetOutput = 'event' | 'json' | 'flat' | 'table'

export interface PrinterOptions {
  write(text: string): Promise<void>
  /** Targets asked. */
  targets: number
  utc: boolean
  /** Columns of the terminal. */
  width: number | undefined
}

/** @param output `document` is what `--json` prints */
export function getPrinter(output: GetOutput | 'document', options: PrinterOptions): GetPrinter {
  if (output === 'document') return new DocumentPrinter(options.write)
  return output === 'table' ? new TablePrinter(options) : new LinePrinter(output, options)
}

class LinePrinter implements GetPrinter {
  readonly #output: 'event' | 'json' | 'flat'
  readonly #options: PrinterOptions

  constructor(output: 'event' | 'json' | 'flat', options: PrinterOptions) {
    this.#output = output
    this.#options = options
  }

  async answer(source: string, bytes: Buffer, warn: (message: string) => void): Promise<ShitopsError | undefined> {
    const writer = new ResponseWriter(this.#lines(source), this.#options.write, warn)
    const failure = await readGetAnswer(source, bytes, (response) => writer.add(response))
    await writer.flush()
    return failure
  }

  async failure(): Promise<void> {}

  async end(): Promise<void> {}

  #lines(source: string): ResponseLines {
    if (this.#output === 'event') return new EventLines({ subscription: 'get-request', tags: { source } })
    if (this.#output === 'json') return new JsonLines({ source })
    return new FlatLines(this.#options.targets > 1 ? { source } : {})
  }
}

class TablePrinter implements GetPrinter {
  readonly #table = new LeafTable()
  readonly #options: PrinterOptions

  constructor(options: PrinterOptions) {
    this.#options = options
  }

  async answer(source: string, bytes: Buffer, warn: (message: string) => void): Promise<ShitopsError | undefined> {
    return readGetAnswer(source, bytes, async (response) => {
      for (const problem of this.#table.add(source, response)) warn(problemText(problem))
      if (this.#table.full) await this.#options.write(this.#table.take(this.#options))
    })
  }

  async failure(): Promise<void> {}

  async end(): Promise<void> {
    await this.#options.write(this.#table.take(this.#options))
  }
}

/** `{"targets": [{"source", "notifications": […], "error"}], "error"}`, written as it comes: to parse what is in it would round its numbers. */
class DocumentPrinter implements GetPrinter {
  readonly #write: (text: string) => Promise<void>
  #separator = '{"targets":['
  /** The target whose object is not closed yet. */
  #open: string | undefined

  constructor(write: (text: string) => Promise<void>) {
    this.#write = write
  }

  async answer(source: string, bytes: Buffer, warn: (message: string) => void): Promise<ShitopsError | undefined> {
    await this.#begin(source)
    let separator = ',"notifications":['
    // Each text is whole lines: a notification each.
    const write = async (text: string) => {
      await this.#write(separator + text.slice(0, -1).replaceAll('\n', ',\n'))
      separator = ',\n'
    }
    const writer = new ResponseWriter(new JsonLines(), write, warn)
    const failure = await readGetAnswer(source, bytes, (response) => writer.add(response))
    await writer.flush()
    await this.#write(separator === ',\n' ? ']' : ',"notifications":[]')
    return failure
  }

  async failure(source: string, report: ErrorReport): Promise<void> {
    if (this.#open !== source) await this.#begin(source)
    await this.#write(`,"error":${JSON.stringify(report)}`)
    await this.#end()
  }

  async end(error: ErrorReport | undefined): Promise<void> {
    await this.#end()
    const none = this.#separator !== ',\n' ? this.#separator : ''
    await this.#write(`${none}]${error ? `,"error":${JSON.stringify(error)}` : ''}}\n`)
  }

  async #begin(source: string): Promise<void> {
    await this.#end()
    await this.#write(`${this.#separator}{"source":${JSON.stringify(source)}`)
    this.#separator = ',\n'
    this.#open = source
  }

  async #end(): Promise<void> {
    if (this.#open !== undefined) await this.#write('}')
    this.#open = undefined
  }
}
