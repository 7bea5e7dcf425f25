/** A column's type as the JSON format reads it, named as in Flink SQL. */
export type FieldType =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP'
  | 'TIMESTAMP_LTZ'
  /** The value's JSON text as it stands, checked but not read: for what is taken apart later (ARRAY, MAP, ROW). */
  | 'RAW_JSON'

/** A wanted field: where it is in the record and what it is read as. */
export interface JsonField {
  /** Names of the members from the root: `['labels', 'site']`. */
  path: readonly string[]
  type: FieldType
  /** DECIMAL: digits in all, 1 to 38; default 10, as in Flink. */
  precision?: number
  /** DECIMAL: digits behind the point; default 0. */
  scale?: number
}

/** The options of Flink's `json` format. */
export interface JsonOptions {
  /** `json.timestamp-format.standard`; default SQL. */
  timestampFormat?: 'SQL' | 'ISO-8601'
  /** `json.ignore-parse-errors`: a field that cannot be read is NULL, and counted; default false: the record is refused. */
  ignoreParseErrors?: boolean
  /** `json.fail-on-missing-field`: default false, a field that is not there is NULL. */
  failOnMissingField?: boolean
}

/** What became of a record. */
export const SCAN = {
  OK: 0,
  /** Not a JSON object, or its JSON is broken: nothing of it may be used. */
  BAD_RECORD: 1,
  /** JSON, but a field cannot be read as its type, or is missing where it must not: `badField` says which. */
  BAD_FIELD: 2,
} as const

export type ScanStatus = (typeof SCAN)[keyof typeof SCAN]

/** Of one field in one record. Whatever is no VALUE is NULL to a query. */
export const STATE = {
  NULL: 0,
  VALUE: 1,
  /** There, and not to be read as its type. Under ignoreParseErrors it counts as NULL. */
  BAD: 2,
  /** Not there. */
  ABSENT: 3,
} as const

/** How the text of a field stands in the source. */
export const FORM = {
  /** ASCII without escapes; also the text of a number, `true` or `false`. */
  ASCII: 0,
  /** Valid UTF-8 without escapes. */
  UTF8: 1,
  /** Valid UTF-8 with escapes. */
  ESCAPED: 2,
  /** An object or array: its text is written anew, without white space. */
  CONTAINER: 3,
} as const
