/** The measurements of bench/query-json.ts, which runs this as a bundle: loading TypeScript is not what is measured, and neither are its seams. */
import { SCAN } from '../../src/query/json/field.ts'
import { forEachLine } from '../../src/query/json/lines.ts'
import { compileScanner, type JsonScanner } from '../../src/query/json/scanner.ts'
import { type SampleRecords, sampleRecords } from './query-records.ts'

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

const round2 = (value: number) => Number(value.toFixed(2))

function measure(key: keyof typeof FIELDS, { bytes, starts, ends }: SampleRecords, more: object = {}): void {
  const touchRecord = TOUCH[key]
  const scanner = compileScanner(FIELDS[key], OPTIONS)
  const take = (start: number, end: number) => {
    if (scanner.scan(bytes, start, end) !== SCAN.OK) throw new Error('refused')
    return touchRecord(scanner)
  }
  const scanAll = () => {
    let sum = 0
    for (let i = 0; i < RECORDS; i++) sum += take(starts[i] as number, ends[i] as number)
    return sum
  }
  const lineAll = () => {
    let sum = 0
    forEachLine(bytes, 0, bytes.length, (start, end) => {
      sum += take(start, end)
    })
    return sum
  }
  const parseAll = () => {
    let sum = 0
    for (let i = 0; i < RECORDS; i++) sum += touchParsed(key, JSON.parse(bytes.toString('utf8', starts[i], ends[i])) as Event)
    return sum
  }
  const expected = parseAll()
  for (let i = 0; i < 2; i++) for (const pass of [scanAll, lineAll]) rate(pass, expected)
  const results = Array.from({ length: rounds }, () => ({
    scan: rate(scanAll, expected),
    lines: rate(lineAll, expected),
    parse: rate(parseAll, expected),
  }))
  console.log(
    JSON.stringify({
      name: `query-json-${key}-field${key === 1 ? '' : 's'}`,
      ...more,
      node: process.version,
      ratio: round2(median(results.map(({ scan, parse }) => scan / parse))),
      baseline: 'JSON.parse of the whole record',
      record_bytes: Math.round(bytes.length / RECORDS),
      million_records_per_cpu_s: round2(median(results.map(({ scan }) => scan))),
      with_line_split: round2(median(results.map(({ lines }) => lines))),
      baseline_million_records_per_cpu_s: round2(median(results.map(({ parse }) => parse))),
      shapes: scanner.shapes,
    }),
  )
}

const records = sampleRecords(RECORDS)
for (const key of [1, 3, 6] as const) measure(key, records)
// Members that come and go, four shapes; and in any order, which no shape can hold.
measure(3, sampleRecords(RECORDS, 'optional'), { members: 'four sets, mixed' })
measure(3, sampleRecords(RECORDS, 'shuffled'), { members: 'in any order' })
