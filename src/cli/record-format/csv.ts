import { isUtf8 } from 'node:buffer'
import { isoTime } from '../../base/instant.ts'
import type { RecordBatch } from '../../bus/bus.ts'
import type { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import { csvLine } from '../csv.ts'
import type { RecordFormat, RecordFormatOptions } from './format.ts'

/** A row a record; headers as a JSON object of text, bytes that are not UTF-8 as `base64:…`, a tombstone's value empty. */
export class CsvFormat implements RecordFormat {
  readonly #header: boolean

  constructor({ header }: Pick<RecordFormatOptions, 'header'>) {
    this.#header = header
  }

  begin(out: ByteBuffer): void {
    if (this.#header) out.text(csvLine(['topic', 'partition', 'offset', 'timestamp', 'key', 'headers', 'value']))
  }

  add(out: ByteBuffer, batch: RecordBatch, i: number): void {
    const { topic, partition } = batch
    const headers = JSON.stringify(Object.fromEntries(batch.headers(i).map(([name, value]) => [name, text(value)])))
    const time = isoTime(batch.timestamp(i))
    out.text(csvLine([topic, partition, batch.offset(i), time, text(batch.key(i)), headers, text(batch.value(i))]))
  }
}

function text(bytes: Buffer | null): string | null {
  if (bytes === null) return null
  return isUtf8(bytes) ? bytes.toString() : `base64:${bytes.toString('base64')}`
}
