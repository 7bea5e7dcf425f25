import type { RecordBatch } from '../../bus/bus.ts'
import type { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import type { ErrorReport } from '../error-report.ts'

/** How records look on standard output; writes into a buffer, record by record. */
export interface RecordFormat {
  /** Before the first record. */
  begin?(out: ByteBuffer): void
  add(out: ByteBuffer, batch: RecordBatch, i: number): void
  /** All of these as they are to be written, where the batch has them so. */
  run?(batch: RecordBatch, from: number, to: number): Iterable<Buffer> | null | undefined
  /** After the last one, or after a failure. */
  end?(out: ByteBuffer, failure?: ErrorReport): void
}

export const RECORD_OUTPUTS = ['table', 'ndjson', 'json', 'csv', 'raw'] as const
export type RecordOutput = (typeof RECORD_OUTPUTS)[number]

export interface RecordFormatOptions {
  output: RecordOutput
  /** Show the topic of each record (when there are several). */
  topics: boolean
  header: boolean
  utc: boolean
  /** Columns to cut lines to; undefined shows all. */
  width?: number | undefined
}

/** The format of a name; only its own code is loaded. */
export async function recordFormat(options: RecordFormatOptions): Promise<RecordFormat> {
  switch (options.output) {
    case 'table':
      return new (await import('./table.ts')).TableFormat(options)
    case 'csv':
      return new (await import('./csv.ts')).CsvFormat(options)
    case 'json':
      return new (await import('./json.ts')).JsonFormat()
    case 'ndjson':
      return new (await import('./ndjson.ts')).NdjsonFormat()
    case 'raw':
      return (await import('./raw.ts')).RAW_FORMAT
  }
}
