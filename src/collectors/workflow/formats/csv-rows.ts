/** One row of a CSV: the line where it begins, and its fields; `problem` where it could not be parted into fields. */
export interface CsvRow {
  line: number
  fields: string[]
  problem?: string
}

/** Characters of one row, quoted line breaks and all. */
const MAX_ROW = 1 << 20
const NOT_CLOSED = 'a quote that is not closed, or a row of more than 1 MiB'

/**
 * Rows by RFC 4180 from text that comes in pieces: quotes, doubled quotes, line breaks inside of quotes, LF, CRLF or CR. A quote that is
 * never closed costs the line it stands in and not the file: reading goes on with the line after it.
 */
export class CsvSplitter {
  readonly #delimiter: string
  #rest = ''
  /** Line of the first character of the rest. */
  #line = 1

  constructor(delimiter: string) {
    this.#delimiter = delimiter
  }

  /** The rows that are whole by now; blank lines are none. */
  write(text: string): CsvRow[] {
    this.#rest = this.#rest === '' ? text : this.#rest + text
    return this.#rows(false)
  }

  end(): CsvRow[] {
    return this.#rows(true)
  }

  #rows(last: boolean): CsvRow[] {
    const rows: CsvRow[] = []
    const text = new Finder(this.#rest, last)
    let at = 0
    while (at < text.length) {
      const row = this.#row(text, at)
      if (row === undefined && !last && text.length - at <= MAX_ROW) break
      if (row === undefined) {
        rows.push({ line: this.#line++, fields: [], problem: NOT_CLOSED })
        at = text.lineEnd(at)?.next ?? text.length
        continue
      }
      const { fields, lines, next, problem } = row
      if (fields.length > 1 || fields[0] !== '') rows.push({ line: this.#line, fields, ...(problem !== undefined && { problem }) })
      this.#line += lines
      at = next
    }
    this.#rest = this.#rest.slice(at)
    return rows
  }

  /** Undefined while the end of the row has not come. */
  #row(text: Finder, from: number): ParsedRow | undefined {
    const end = text.lineEnd(from)
    if (end && text.next('"', from) >= end.at) return { fields: text.slice(from, end.at).split(this.#delimiter), next: end.next, lines: 1 }
    const row: ParsedRow = { fields: [], next: from, lines: 1 }
    for (let at = from; ; ) {
      let field: string | undefined
      if (text.at(at) === '"') {
        const close = text.closingQuote(at)
        if (close === undefined || close - from > MAX_ROW) return undefined
        field = text.slice(at + 1, close).replaceAll('""', '"')
        row.lines += field.match(/\r\n|\r|\n/g)?.length ?? 0
        at = close + 1
      }
      const lineEnd = text.lineEnd(at)
      if (!lineEnd) return undefined
      const part = text.next(this.#delimiter, at)
      const stop = Math.min(part, lineEnd.at)
      const plain = text.slice(at, stop)
      if (field !== undefined && plain.trim() !== '') row.problem = 'text after a closing quote'
      row.fields.push(field ?? plain)
      if (part >= lineEnd.at) return { ...row, next: lineEnd.next }
      at = stop + this.#delimiter.length
    }
  }
}

interface ParsedRow {
  fields: string[]
  next: number
  /** Lines that the row takes. */
  lines: number
  problem?: string
}

/** A text that remembers where what it was asked for stands next: without that each row would search to the end for what is not there. */
class Finder {
  readonly length: number
  readonly #text: string
  readonly #last: boolean
  readonly #known = new Map<string, number>()

  /** @param last whether no more text comes */
  constructor(text: string, last: boolean) {
    this.#text = text
    this.#last = last
    this.length = text.length
  }

  at(index: number): string | undefined {
    return this.#text[index]
  }

  slice(from: number, to: number): string {
    return this.#text.slice(from, to)
  }

  /** Where it stands next, from `from` on; Infinity where it does not. Asked in ascending order. */
  next(what: string, from: number): number {
    const known = this.#known.get(what)
    if (known !== undefined && known >= from) return known
    const found = this.#text.indexOf(what, from)
    const at = found < 0 ? Number.POSITIVE_INFINITY : found
    this.#known.set(what, at)
    return at
  }

  /** Where the line ends and the next begins; a CR at the end of what has come may be half of a CRLF. */
  lineEnd(from: number): { at: number; next: number } | undefined {
    const lf = this.next('\n', from)
    const cr = this.next('\r', from)
    if (cr < lf) {
      if (cr + 1 >= this.length && !this.#last) return undefined
      return { at: cr, next: lf === cr + 1 ? cr + 2 : cr + 1 }
    }
    if (lf < Number.POSITIVE_INFINITY) return { at: lf, next: lf + 1 }
    return this.#last ? { at: this.length, next: this.length } : undefined
  }

  closingQuote(open: number): number | undefined {
    for (let at = this.#text.indexOf('"', open + 1); at >= 0; at = this.#text.indexOf('"', at + 2)) {
      if (this.#text[at + 1] === '"') continue
      // At the end of what has come it may be the first of two.
      return at + 1 < this.length || this.#last ? at : undefined
    }
    return undefined
  }
}

const DELIMITERS = [',', ';', '\t', '|']

/** What parts the fields: `sep=` in the first line as Excel writes it, else what parts most lines into the same number of fields. */
export function delimiterOf(sample: string): string {
  const declared = /^sep=(.)\r?\n/.exec(sample)?.[1]
  if (declared !== undefined) return declared
  let best = ','
  let bestScore = 0
  for (const delimiter of DELIMITERS) {
    const rows = new CsvSplitter(delimiter).write(sample).slice(0, 50)
    const width = rows[0]?.fields.length ?? 0
    const same = rows.filter(({ fields }) => fields.length === width).length / rows.length
    const score = width < 2 ? 0 : same * 100 + Math.min(width, 50)
    if (score > bestScore) {
      best = delimiter
      bestScore = score
    }
  }
  return best
}
