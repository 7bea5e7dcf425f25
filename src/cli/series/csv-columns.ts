/** Where the time and the values are, and how fields are parted. */
export interface Columns {
  readonly separator: string
  readonly time: number
  /** One, or several that are scored together. */
  readonly values: readonly number[]
  /** What the header calls them; v1, v2 … where there is none. */
  readonly names: readonly string[]
  /** Whether the line that told it is a header. */
  readonly header: boolean
}

const TIME_NAMES = ['timestamp', '@timestamp', 'time', 'datetime', 'date', 'ts', 'ds', 't']
const VALUE_NAMES = ['value', 'y', 'val', 'v', 'metric', 'metric_value', 'measurement']
/** What others have said of the rows: no values. */
const LABEL_NAMES = ['label', 'is_anomaly', 'anomaly', 'anomaly_score', 'score', 'outlier', 'id']
const SEPARATORS = [',', ';', '\t']

/**
 * What the first line with anything on it says, and the first row below a header. A second field that is a number, or is empty, makes a line a row.
 * A column of a usual name (`value`, `y` …) is the value; without one every column that begins with a number is.
 *
 * @param row the line below, if there is one; it tells numbers from words
 * @param wanted names of value columns, or their numbers from 1, instead
 * @throws RangeError with the name of a column that is not there
 */
export function columnsOf(line: string, row?: string, wanted: readonly string[] = []): Columns {
  const separator = SEPARATORS.find((candidate) => splitFields(line, candidate).length > 1) ?? ','
  const fields = splitFields(line, separator).map((field) => field.trim())
  const lower = fields.map((field) => field.toLowerCase())
  const time = lower.findIndex((field) => TIME_NAMES.includes(field))
  const value = lower.findIndex((field) => VALUE_NAMES.includes(field))
  const header = time >= 0 || value >= 0 || !isReading(lower[1])
  const timeAt = header ? (time >= 0 ? time : value === 0 ? 1 : 0) : 0
  const named = header ? fields : fields.map((_, i) => (i === 0 ? 'timestamp' : `v${i}`))
  const values = wanted.length > 0 ? wanted.map((name) => columnNamed(name, named)) : valuesOf()
  return { separator, time: timeAt, values, names: values.map((at) => named[at] || `v${at}`), header }

  function valuesOf(): number[] {
    if (header && value >= 0) return [value]
    const first = header ? splitFields(row ?? '', separator).map((field) => field.trim().toLowerCase()) : lower
    const numbers = fields.flatMap((_, i) =>
      i !== timeAt && isReading(first[i]) && !(header && LABEL_NAMES.includes(lower[i] ?? '')) ? [i] : [],
    )
    return numbers.length > 0 ? numbers : [timeAt === 0 ? 1 : 0]
  }
}

function columnNamed(name: string, names: readonly string[]): number {
  const at = names.indexOf(name)
  if (at >= 0) return at
  const number = Number(name)
  if (Number.isInteger(number) && number >= 1 && number <= names.length) return number - 1
  throw new RangeError(name)
}

const isReading = (field: string | undefined): boolean =>
  field !== undefined && (field === '' || field === 'nan' || field === 'null' || Number.isFinite(Number(field)))

/** The fields of a line by RFC 4180; a quote that does not end takes the rest. */
export function splitFields(line: string, separator: string): string[] {
  if (!line.includes('"')) return line.split(separator)
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (line[at] !== '"') {
      const end = line.indexOf(separator, at)
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end))
      if (end < 0) return fields
      at = end + 1
      continue
    }
    let text = ''
    for (at++; at < line.length; at++) {
      if (line[at] !== '"') text += line[at]
      else if (line[at + 1] === '"') text += line[at++]
      else break
    }
    fields.push(text)
    const end = line.indexOf(separator, at)
    if (end < 0) return fields
    at = end + 1
  }
}
