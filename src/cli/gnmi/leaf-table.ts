import { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import { FlatLines } from '../../collectors/gnmi/event/flat-lines.ts'
import type { ValueProblem } from '../../collectors/gnmi/event/value-problem.ts'
import { int64Number } from '../../collectors/gnmi/wire/int64.ts'
import type { SubscribeResponse } from '../../collectors/gnmi/wire/response.ts'
import { type Column, formatTable } from '../table.ts'
import { formatTime } from '../times.ts'

interface Leaf {
  /** ms since the epoch; null where the notification has none. */
  time: number | null
  target: string
  path: string
  value: string
}

/** Rows that are aligned with each other: to lay out more at once costs more for each. */
const PAGE = 1_000

/** Leaves as a table: time, target, path, value. More than a thousand are laid out a thousand at a time, so that a whole device costs no memory. */
export class LeafTable {
  #rows: Leaf[] = []
  #header = true
  readonly #lines = new FlatLines({ separator: '\t' })
  readonly #scratch = new ByteBuffer()

  /** Whether there is enough to be printed. */
  get full(): boolean {
    return this.#rows.length >= PAGE
  }

  /** @param target as the user named it */
  add(target: string, response: SubscribeResponse): ValueProblem[] {
    const { timestampLo: lo, timestampHi: hi } = response
    const time = (lo | hi) === 0 ? null : Math.floor(int64Number(lo, hi) / 1_000_000)
    this.#scratch.clear()
    const problems = this.#lines.write(this.#scratch, response)
    for (const line of this.#scratch.view().toString().split('\n').slice(0, -1)) {
      const [path = '', value = ''] = line.split('\t')
      this.#rows.push(path === 'deleted' ? { time, target, path: value, value: '(deleted)' } : { time, target, path, value })
    }
    return problems
  }

  /** The rows since the last time, with a line break at the end; '' where there are none. */
  take({ utc, width }: { utc: boolean; width: number | undefined }): string {
    const columns: ReadonlyArray<Column<Leaf>> = [
      { name: 'time', value: ({ time }) => (time === null ? null : formatTime(time, utc)) },
      { name: 'target', value: ({ target }) => target },
      { name: 'path', value: ({ path }) => path },
      { name: 'value', value: ({ value }) => value },
    ]
    let text = ''
    for (let at = 0; at < this.#rows.length; at += PAGE) {
      text += `${formatTable(this.#rows.slice(at, at + PAGE), columns, { header: this.#header, width })}\n`
      this.#header = false
    }
    this.#rows = []
    return text
  }
}
