import type { FieldType } from './field.ts'
import type { JsonScanner } from './scanner.ts'

/** A value as plain JavaScript has it. */
export type RowValue = null | boolean | number | bigint | string | Buffer

/**
 * The record that a scanner has read as an array of values, in the order of its fields: booleans, numbers, texts and Buffers; BIGINT and DECIMAL (its
 * unscaled value) as bigint where a number would not be exact; DATE in days, TIME in ms of the day, timestamps in ms since 1970 (what is finer is in
 * {@link JsonScanner.nanos}).
 * @returns reads the scanner's present record
 */
export function rowReader(scanner: JsonScanner): () => RowValue[] {
  const getters = scanner.fields.map(({ type }, field) => getterOf(scanner, type, field))
  return () => getters.map((get, field) => (scanner.has(field) ? get() : null))
}

function getterOf(scanner: JsonScanner, type: FieldType, field: number): () => RowValue {
  switch (type) {
    case 'BOOLEAN':
      return () => scanner.boolean(field)
    case 'BIGINT':
    case 'DECIMAL':
      return () => scanner.whole(field)
    case 'STRING':
    case 'RAW_JSON':
      return () => scanner.text(field)
    case 'BYTES':
      return () => scanner.bytes(field)
    default:
      return () => scanner.number(field)
  }
}
