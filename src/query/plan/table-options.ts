import { nearest } from '../../base/nearest.ts'
import type * as ast from '../sql/ast.ts'
import { refuse } from './refuse.ts'
import type { Table } from './table.ts'

/** Options of WITH that Flink's connectors have, by connector; `x.*` is all that begins so. What we do not look at is taken and does nothing. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  filesystem: [
    'path',
    'format',
    'auto-compaction',
    'compaction.*',
    'partition.*',
    'sink.*',
    'source.monitor-interval',
    'source.path.regex-pattern',
    'source.report-statistics',
  ],
  kafka: [
    'topic',
    'topic-pattern',
    'format',
    'key.format',
    'key.fields',
    'key.fields-prefix',
    'value.format',
    'value.fields-include',
    'properties.*',
    'scan.startup.*',
    'scan.bounded.*',
    'scan.topic-partition-discovery.interval',
    'scan.parallelism',
    'sink.*',
  ],
  'upsert-kafka': [
    'topic',
    'key.format',
    'key.fields-prefix',
    'value.format',
    'value.fields-include',
    'properties.*',
    'scan.bounded.*',
    'scan.parallelism',
    'sink.*',
  ],
  datagen: ['rows-per-second', 'number-of-rows', 'scan.parallelism', 'fields.*'],
  print: ['print-identifier', 'standard-error', 'sink.parallelism'],
  blackhole: [],
}

/** Of every connector. */
const COMMON = ['connector', 'property-version', 'scan.watermark.*', 'shitops.*']

/** Options of the formats, behind `format.`, `key.format.` or `value.format.`. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  json: [
    'fail-on-missing-field',
    'ignore-parse-errors',
    'timestamp-format.standard',
    'map-null-key.mode',
    'map-null-key.literal',
    'encode.decimal-as-plain-number',
    'encode.ignore-null-fields',
    'decode.json-parser.enabled',
  ],
  'debezium-json': [
    'schema-include',
    'ignore-parse-errors',
    'timestamp-format.standard',
    'map-null-key.mode',
    'map-null-key.literal',
    'encode.decimal-as-plain-number',
    'encode.ignore-null-fields',
  ],
  raw: ['charset', 'endianness'],
}

const FORMAT_KEYS = ['format', 'key.format', 'value.format']

/** What a connector cannot do without; each entry lists options of which one is enough. */
const REQUIRED: Readonly<Record<string, ReadonlyArray<readonly string[]>>> = {
  filesystem: [['path'], ['format']],
  kafka: [
    ['topic', 'topic-pattern'],
    ['format', 'value.format'],
  ],
  'upsert-kafka': [['topic'], ['key.format'], ['value.format']],
}

/** Refuses a table whose connector, format or options nobody knows: a misspelt option would be without effect otherwise. */
export function checkOptions(table: Table, at: ast.Span): void {
  const connector = table.options.get('connector')
  if (connector === undefined) return
  const own =
    OPTIONS[connector] ?? unknown(at, `table ${table.name}: there is no connector '${connector}'`, connector, Object.keys(OPTIONS))
  const known = [...COMMON, ...own]
  for (const key of FORMAT_KEYS) {
    const format = table.options.get(key)
    if (format === undefined) continue
    const options = FORMATS[format] ?? unknown(at, `table ${table.name}: there is no format '${format}'`, format, Object.keys(FORMATS))
    const prefix = key === 'format' ? '' : `${key.slice(0, -'format'.length)}`
    known.push(...options.map((option) => `${prefix}${format}.${option}`))
  }
  for (const key of table.options.keys()) {
    if (!known.some((each) => (each.endsWith('*') ? key.startsWith(each.slice(0, -1)) : each === key)))
      unknown(at, `table ${table.name}: connector '${connector}' has no option '${key}'`, key, known)
  }
  for (const one of REQUIRED[connector] ?? []) {
    if (!one.some((key) => table.options.has(key) || table.options.has('shitops.file')))
      refuse(at, `table ${table.name}: connector '${connector}' needs '${one.join("' or '")}'`, `WITH (…, '${one[0]}' = '…')`)
  }
}

function unknown(at: ast.Span, message: string, given: string, known: readonly string[]): never {
  const names = known.filter((key) => !key.startsWith('shitops.'))
  const like = nearest(given, names)
  return refuse(at, message, ...(like ? [`did you mean '${like}'?`] : []), `there are ${names.join(', ')}`)
}
