/**
 * Fields of JSON records from their bytes, beside JSON.parse of the whole record in the same run: records of 262 bytes, 2,000 devices, as in the
 * measurements of Flink that the query benches are held against. CPU time of one core. Goal: three fields at >= 2.5 million records/s, or
 * >= 6 x JSON.parse.
 */
import { deepStrictEqual } from 'node:assert'
import { SCAN } from '../src/query/json/field.ts'
import { forEachLine } from '../src/query/json/lines.ts'
import { compileScanner, type JsonScanner } from '../src/query/json/scanner.ts'
import { sampleRecords } from './support/query-records.ts'

const short = process.argv.includes('--short')
const rounds = short ? 3 : 7
const RECORDS = short ? 50_000 : 200_000

const FIELDS = {
  1: [{ path: ['value'], type: 'DOUBLE' }],
  3: [
    { path: ['target'], type: 'STRING' },
    { path: ['event_time'], type: 'TIMESTAMP_LTZ' },
    { path: ['value'], type: 'DOUBLE' },
  ],
  6: [
    { path: ['target'], type: 'STRING' },
    { path: ['event_time'], type: 'TIMESTAMP_LTZ' },
    { path: ['value'], type: 'DOUBLE' },
    { path: ['metric'], type: 'STRING' },
    { path: ['instance'], type: 'STRING' },
    { path: ['seq'], type: 'BIGINT' },
  ],
} as const
const OPTIONS = { timestampFormat: 'ISO-8601' } as const

interface Event {
  target: string
  event_time: string
  value: number
  metric: string
  instance: string
  seq: number
}

/** What a query would do with it, as little as possible: all values are touched. */
function touch(scanner: JsonScanner): number {
  let sum = 0
  for (const [i, { type }] of scanner.fields.entries()) sum += type === 'STRING' ? scanner.text(i).length : scanner.number(i)
  return sum
}

const TOUCH: Readonly<Record<keyof typeof FIELDS, (scanner: JsonScanner) => number>> = {
  1: (s) => s.number(0),
  3: (s) => s.text(0).length + s.number(1) + s.number(2),
  6: (s) => s.text(0).length + s.number(1) + s.number(2) + s.text(3).length + s.text(4).length + s.number(5),
}
const touchParsed = (fields: number, e: Event): number => {
  if (fields === 1) return e.value
  const three = e.target.length + Date.parse(e.event_time) + e.value
  return fields === 3 ? three : three + e.metric.length + e.instance.length + e.seq
}

/** Million records per second of CPU time. */
function rate(pass: () => number, expected: number): number {
  const before = process.cpuUsage()
  const sum = pass()
  const { user, system } = process.cpuUsage(before)
  if (sum !== expected) throw new Error(`the sum is ${sum} and not ${expected}`)
  return RECORDS / (user + system)
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

const { bytes, starts, ends } = sampleRecords(RECORDS)

for (const key of [1, 3, 6] as const) {
  const touchRecord = TOUCH[key]
  const fields = FIELDS[key]
  const scanner = compileScanner(fields, OPTIONS)
  const scanAll = () => {
    let sum = 0
    for (let i = 0; i < RECORDS; i++) {
      if (scanner.scan(bytes, starts[i] as number, ends[i] as number) !== SCAN.OK) throw new Error('refused')
      sum += touchRecord(scanner)
    }
    return sum
  }
  const lineAll = () => {
    let sum = 0
    forEachLine(bytes, 0, bytes.length, (start, end) => {
      if (scanner.scan(bytes, start, end) !== SCAN.OK) throw new Error('refused')
      sum += touchRecord(scanner)
    })
    return sum
  }
  const parseAll = () => {
    let sum = 0
    for (let i = 0; i < RECORDS; i++) sum += touchParsed(key, JSON.parse(bytes.toString('utf8', starts[i], ends[i])) as Event)
    return sum
  }
  deepStrictEqual(scanner.scan(bytes, 0, ends[0] as number), SCAN.OK)
  deepStrictEqual(touch(scanner), touchParsed(key, JSON.parse(bytes.toString('utf8', 0, ends[0])) as Event))
  const expected = parseAll()
  for (let i = 0; i < 2; i++) [rate(scanAll, expected), rate(lineAll, expected)]
  const results = Array.from({ length: rounds }, () => ({
    scan: rate(scanAll, expected),
    lines: rate(lineAll, expected),
    parse: rate(parseAll, expected),
  }))
  console.log(
    JSON.stringify({
      name: `query-json-${key}-field${key === 1 ? '' : 's'}`,
      node: process.version,
      ratio: Number(median(results.map(({ scan, parse }) => scan / parse)).toFixed(1)),
      baseline: 'JSON.parse of the whole record',
      record_bytes: Math.round(bytes.length / RECORDS),
      million_records_per_cpu_s: Number(median(results.map(({ scan }) => scan)).toFixed(2)),
      with_line_split: Number(median(results.map(({ lines }) => lines)).toFixed(2)),
      baseline_million_records_per_cpu_s: Number(median(results.map(({ parse }) => parse)).toFixed(3)),
    }),
  )
}
