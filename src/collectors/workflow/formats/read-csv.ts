import { AttributeBag } from './attributes.ts'
import { type Columns, columnsOf, typedValue } from './csv-columns.ts'
import { type CsvRow, CsvSplitter, delimiterOf } from './csv-rows.ts'
import { type DateOrder, DateReader, orderOf } from './dates.ts'
import { Batch, type FormatReader, type LogFile, textOf } from './log-file.ts'
import type { RawEvent, RoleNames } from './mapper.ts'

/** Rows that are looked at before the first is given out: types and forms of dates are told from them. */
const SAMPLE_ROWS = 1_000

/** CSV with a header, streaming. */
export const readCsv: FormatReader = async function* (file) {
  let table: CsvTable | undefined
  let line = 1
  const waiting: CsvRow[] = []
  for await (const { rows, done } of rowsOf(file, () => line)) {
    line = rows.at(-1)?.line ?? line
    if (table) {
      yield table.events(rows)
      continue
    }
    waiting.push(...rows)
    if (waiting.length <= SAMPLE_ROWS && !done) continue
    const [header, ...sample] = waiting
    if (!header) return file.options.onProblem?.({ place: { file: file.path, line: 1 }, message: 'the file is empty', fatal: true })
    const texts = sample.slice(0, SAMPLE_ROWS).map(({ fields }) => fields)
    const columns = columnsOf(header.fields, texts, file.options.map ?? {}, file.path)
    table = new CsvTable(file, columns, header.fields.length, await orderOfDates(file, columns, texts))
    yield table.events(sample)
  }
}

/** The order of day and month in the column of the time: by the first rows, where those do not say by all of them. */
async function orderOfDates(file: LogFile, { roles, columns }: Columns, sample: ReadonlyArray<readonly string[]>): Promise<DateOrder> {
  if (file.options.dateOrder) return file.options.dateOrder
  const index = columns.find(({ header }) => header === roles.time)?.index ?? -1
  const first = decided(sample.map((fields) => fields[index] ?? ''))
  if (first !== 'either') return first ?? 'dmy'
  for await (const { rows } of rowsOf({ ...file, options: {} }, () => 0)) {
    const order = decided(rows.map(({ fields }) => fields[index] ?? ''))
    if (order !== undefined && order !== 'either') return order
  }
  const shown = sample.map((fields) => fields[index] ?? '').find((text) => orderOf(text) === 'either')
  file.note(
    'ambiguous_dates',
    `dates such as ${shown} were read day first: nothing in the file tells (--date-order mdy reads the month first)`,
  )
  return 'dmy'
}

/** Undefined where no date is of a form that has an order. */
function decided(texts: readonly string[]): DateOrder | 'either' | undefined {
  let seen: 'either' | undefined
  for (const text of texts) {
    const order = orderOf(text.trim())
    if (order === 'either') seen = order
    else if (order !== undefined) return order
  }
  return seen
}

async function* rowsOf(file: LogFile, line: () => number): AsyncGenerator<{ rows: CsvRow[]; done: boolean }> {
  let splitter: CsvSplitter | undefined
  for await (const text of textOf(file, line)) {
    if (!splitter) {
      splitter = new CsvSplitter(file.options.delimiter ?? delimiterOf(text))
      const declared = /^sep=.(\r?\n)/.exec(text)
      const rows = splitter.write(text)
      yield { rows: declared ? rows.slice(1) : rows, done: false }
    } else yield { rows: splitter.write(text), done: false }
  }
  yield { rows: splitter?.end() ?? [], done: true }
}

class CsvTable {
  readonly #file: LogFile
  readonly #columns: Columns
  readonly #width: number
  readonly #batch: Batch

  constructor(file: LogFile, columns: Columns, width: number, order: DateOrder) {
    this.#file = file
    this.#columns = columns
    this.#width = width
    const names: RoleNames = {}
    for (const [role, name] of Object.entries(columns.roles)) names[role as keyof RoleNames] = [{ in: 'event', name }]
    const dates = new DateReader(file.time, order)
    const mapper = file.mapper({ names, readTime: (text) => dates.read(text) })
    this.#batch = new Batch(file, () => mapper)
  }

  events(rows: readonly CsvRow[]) {
    const batch = this.#batch
    for (const row of rows) {
      const problem = row.problem ?? this.#misfit(row.fields)
      if (problem === undefined) batch.add(this.#raw(row.fields), row.line)
      else this.#file.options.onProblem?.({ place: { file: this.#file.path, line: row.line }, message: problem })
    }
    return batch.take()
  }

  #misfit({ length }: readonly string[]): string | undefined {
    return length > this.#width
      ? `${length} fields where the header has ${this.#width}: is one with the delimiter in it not quoted?`
      : undefined
  }

  #raw(fields: readonly string[]): RawEvent {
    const event = new AttributeBag()
    const trace = new AttributeBag()
    for (const { index, name, ofCase, kind } of this.#columns.columns) {
      const text = fields[index]?.trim() ?? ''
      if (text === '') continue
      if (!(ofCase ? trace : event).add(name, typedValue(text, kind)))
        this.#file.note('cut', 'values of more than 8,192 characters were cut')
    }
    return { event: event.values, trace: trace.values }
  }
}
