import { type FileHandle, mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Row, RowKind } from '../operators/operator.ts'
import { JsonBytes } from './json-bytes.ts'
import type { Sink } from './sink.ts'

/** Lines into a new file of a folder, as the filesystem connector does: under a hidden name until it is whole. */
export class FileSink implements Sink {
  readonly #line: (to: JsonBytes, kind: RowKind, row: Row) => void
  readonly #folder: string
  readonly #name: string
  #file: FileHandle | undefined
  #bytes = new JsonBytes()
  /** The other one, while what is in it is written. */
  #spare = new JsonBytes()

  /** @param line writes a row with its newline  @param name of the file in the folder */
  constructor(line: (to: JsonBytes, kind: RowKind, row: Row) => void, folder: string, name: string) {
    this.#line = line
    this.#folder = folder
    this.#name = name
  }

  get pending(): number {
    return this.#bytes.length
  }

  row(kind: RowKind, row: Row): void {
    this.#line(this.#bytes, kind, row)
  }

  watermark(): void {}

  async flush(): Promise<void> {
    const full = this.#bytes
    if (full.length === 0) return
    this.#bytes = this.#spare
    this.#spare = full
    this.#file ??= await this.#open()
    await this.#file.writeFile(full.written)
    full.clear()
  }

  async close(): Promise<void> {
    await this.flush()
    if (!this.#file) return
    await this.#file.close()
    await rename(join(this.#folder, `.${this.#name}.inprogress`), join(this.#folder, this.#name))
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.#folder, { recursive: true })
    return open(join(this.#folder, `.${this.#name}.inprogress`), 'w')
  }
}
