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

/** Leaves as a table: time, target, path, value. */
export class LeafTable {
  readonly #rows: Leaf[] = []
  readonly #lines = new FlatLines({ separator: '\t' })
  readonly #scratch = new ByteBuffer()

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

  /** The rows so far, with a line break at the end; '' where there are none. */
  text({ utc, width }: { utc: boolean; width: number | undefined }): string {
    if (this.#rows.length === 0) return ''
    const columns: ReadonlyArray<Column<Leaf>> = [
      { name: 'time', value: ({ time }) => (time === null ? null : formatTime(time, utc)) },
      { name: 'target', value: ({ target }) => target },
      { name: 'path', value: ({ path }) => path },
      { name: 'value', value: ({ value }) => value },
    ]
    return `${formatTable(this.#rows, columns, { header: true, width })}\n`
  }
}
