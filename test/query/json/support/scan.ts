import { type FieldType, type JsonField, type JsonOptions, SCAN } from '../../../../src/query/json/field.ts'
import { type RowValue, rowReader } from '../../../../src/query/json/rows.ts'
import { compileScanner, type JsonScanner } from '../../../../src/query/json/scanner.ts'

export type Outcome = RowValue[] | 'bad record' | `bad field ${number}`

/** A scanner's answer to one record. */
export function outcome(scanner: JsonScanner, text: string | Buffer): Outcome {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  // Bytes around it, so that whoever reads too far reads something.
  const padded = Buffer.concat([Buffer.from('"1'), bytes, Buffer.from('1"}')])
  const status = scanner.scan(padded, 2, 2 + bytes.length)
  if (status === SCAN.BAD_RECORD) return 'bad record'
  return status === SCAN.BAD_FIELD ? `bad field ${scanner.badField}` : rowReader(scanner)()
}

/** The value of member `a` read as a type: what it is, or why not. */
export function read(json: string, type: FieldType, more: Partial<JsonField> = {}, options: JsonOptions = {}): RowValue | string {
  const scanner = compileScanner([{ path: ['a'], type, ...more }], options)
  const plain = outcome(scanner, `{"a":${json}}`)
  // Again, by the code made for the shape.
  for (let i = 0; i < 3; i++) {
    const again = outcome(scanner, `{"a":${json}}`)
    if (!isSame(again, plain)) throw new Error(`first ${String(plain)}, then ${String(again)}`)
  }
  return typeof plain === 'string' ? plain.replace(' 0', '') : (plain[0] as RowValue)
}

const isSame = (a: Outcome, b: Outcome) =>
  typeof a === 'string' || typeof b === 'string' ? a === b : Object.is(a[0], b[0]) || String(a[0]) === String(b[0])
