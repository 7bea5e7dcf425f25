import { ShitopsError } from '../../base/errors.ts'
import type { RecordMeta } from '../compile/scan-code.ts'
import { SqlRuntimeError } from '../expr/sql-runtime-error.ts'
import type { ScanInput, Taken } from './scan-input.ts'

/** Hands a record to a scan; a value that the query fails of is told with the place of the record that brought it. */
export function takeAt(scan: ScanInput, bytes: Uint8Array, start: number, end: number, meta: RecordMeta, place: () => string): Taken {
  try {
    return scan.take(bytes, start, end, meta)
  } catch (error) {
    throw placed(error, place)
  }
}

/** What was thrown, with the place of the record if it is a value that the query fails of. */
export function placed(error: unknown, place: () => string): unknown {
  if (!(error instanceof SqlRuntimeError)) return error
  return new ShitopsError('SHITOPS_E_SQL_RUNTIME', `${error.message} (as Flink has it, the query fails), at ${place()}`, {
    cause: error,
    suggestions: ['TRY_CAST gives NULL where a CAST fails, NULLIF(x, 0) where a division would', 'WHERE keeps such rows out'],
  })
}
