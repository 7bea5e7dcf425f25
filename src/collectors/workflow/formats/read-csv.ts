import { AttributeBag } from './attributes.ts'
import { type Columns, columnsOf, typedValue } from './csv-columns.ts'
import { type CsvRow, CsvSplitter, delimiterOf } from './csv-rows.ts'
import { Batch, type FormatReader, type LogFile, textOf } from './log-file.ts'
import type { Mapper, RawEvent, RoleNames } from './mapper.ts'

/** Rows that are looked at before the first is given out: types and forms of dates are told from them. */
const SAMPLE_ROWS = 1_000

/** CSV with a header, streaming. */
export const readCsv: FormatReader = async function* (file) {
  const table = new CsvTable(file)
  let line = 1
  let waiting: CsvRow[] = []
  for await (const { rows, done } of rowsOf(file, () => line)) {
    line = rows.at(-1)?.line ?? line
    if (table.ready) {
      yield table.events(rows)
      continue
    }
    waiting.push(...rows)
    if (waiting.length <= SAMPLE_ROWS && !done) continue
    table.begin(waiting)
    yield table.events(waiting.slice(1))
    waiting = []
  }
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
  #columns: Columns | undefined
  #batch: Batch | undefined
  #width = 0

  constructor(file: LogFile) {
    this.#file = file
  }

  get ready(): boolean {
    return this.#columns !== undefined
  }

  /** @param rows the header and what came after it */
  begin(rows: readonly CsvRow[]): void {
    const [header, ...sample] = rows
    const names = header?.fields ?? []
    this.#width = names.length
    this.#columns = columnsOf(
      names,
      sample.map(({ fields }) => fields),
      this.#file.options.map ?? {},
    )
    const mapper = this.#mapper(this.#columns)
    this.#batch = new Batch(this.#file, () => mapper)
    if (!header) this.#file.options.onProblem?.({ place: { file: this.#file.path, line: 1 }, message: 'the file is empty', fatal: true })
  }

  #mapper({ roles }: Columns): Mapper {
    const names: RoleNames = {}
    for (const [role, name] of Object.entries(roles)) names[role as keyof RoleNames] = [{ in: 'event', name }]
    return this.#file.mapper({ names })
  }

  events(rows: readonly CsvRow[]) {
    const batch = this.#batch
    if (!batch) return []
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
    for (const { index, name, ofCase, kind } of this.#columns?.columns ?? []) {
      const text = fields[index]?.trim() ?? ''
      if (text === '') continue
      if (!(ofCase ? trace : event).add(name, typedValue(text, kind)))
        this.#file.note('cut', 'values of more than 8,192 characters were cut')
    }
    return { event: event.values, trace: trace.values }
  }
}
