import type { RecordMeta } from '../compile/scan-code.ts'
import { compileScanner } from '../json/scanner.ts'

/** Reads what a record has beside its value from a line of `tail --output ndjson`. */
export class Envelope {
  readonly #scanner = compileScanner(
    [
      { path: ['topic'], type: 'STRING' },
      { path: ['partition'], type: 'INT' },
      { path: ['offset'], type: 'BIGINT' },
      { path: ['timestamp'], type: 'BIGINT' },
      { path: ['key'], type: 'STRING' },
    ],
    { ignoreParseErrors: true },
  )

  read(bytes: Uint8Array, start: number, end: number, meta: RecordMeta): void {
    const scanner = this.#scanner
    if (scanner.scan(bytes, start, end) !== 0) return
    meta.topic = scanner.has(0) ? scanner.text(0) : ''
    // One file is one stream of lines: its partitions share one watermark.
    meta.partition = 0
    meta.offset = scanner.has(2) ? Number(scanner.whole(2)) : 0
    meta.timestamp = scanner.has(3) ? Number(scanner.whole(3)) : 0
    meta.key = scanner.has(4) ? Buffer.from(scanner.text(4)) : null
  }
}
