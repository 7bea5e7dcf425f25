import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Row, RowKind } from '../operators/operator.ts'
import type { Sink } from './sink.ts'

/** Lines into a new file of a folder, as the filesystem connector does: under a hidden name until it is whole. */
export class FileSink implements Sink {
  readonly #line: (kind: RowKind, row: Row) => string
  readonly #folder: string
  readonly #name: string
  #file: FileHandle | undefined
  #text = ''

  /** @param name of the file in the folder */
  constructor(line: (kind: RowKind, row: Row) => string, folder: string, name: string) {
    this.#line = line
    this.#folder = folder
    this.#name = name
  }

  get pending(): number {
    return this.#text.length
  }

  row(kind: RowKind, row: Row): void {
    this.#text += `${this.#line(kind, row)}\n`
  }

  watermark(): void {}

  async flush(): Promise<void> {
    const text = this.#text
    this.#text = ''
    if (text === '') return
    await mkdir(this.#folder, { recursive: true })
    this.#file ??= await open(join(this.#folder, `.${this.#name}.inprogress`), 'w')
    await this.#file.write(text)
  }

  async close(): Promise<void> {
    await this.flush()
    if (!this.#file) return
    await this.#file.close()
    await rename(join(this.#folder, `.${this.#name}.inprogress`), join(this.#folder, this.#name))
  }
}
