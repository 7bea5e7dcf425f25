/** Where the two columns are, and how fields are parted. */
export interface Columns {
  readonly separator: string
  readonly time: number
  readonly value: number
  /** Whether the line that told it is a header. */
  readonly header: boolean
}

const TIME_NAMES = ['timestamp', '@timestamp', 'time', 'datetime', 'date', 'ts', 'ds', 't']
const VALUE_NAMES = ['value', 'y', 'val', 'v', 'metric', 'metric_value', 'measurement']
const SEPARATORS = [',', ';', '\t']

/** What the first line with anything on it says. A second field that is a number, or is empty, makes it a row. */
export function columnsOf(line: string): Columns {
  const separator = SEPARATORS.find((candidate) => splitFields(line, candidate).length > 1) ?? ','
  const fields = splitFields(line, separator).map((field) => field.trim().toLowerCase())
  const time = fields.findIndex((field) => TIME_NAMES.includes(field))
  const value = fields.findIndex((field) => VALUE_NAMES.includes(field))
  const header = time >= 0 || value >= 0 || !isReading(fields[1])
  const timeAt = time >= 0 ? time : value === 0 ? 1 : 0
  return { separator, time: header ? timeAt : 0, value: header ? (value >= 0 ? value : timeAt === 0 ? 1 : 0) : 1, header }
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
