import type { OverCall } from '../plan/nodes.ts'
import type { Row } from './operator.ts'

/** Values that depend on the order of rows alone, put between those of aggregates in the order of the SELECT list. */
export interface Numbering {
  /** All calls are aggregates: their results in order are all that there is. */
  readonly empty: boolean
  /** What a partition remembers, as plain data. */
  create(): unknown
  /** A row has come into the frame: those of one time all come before the first of them goes out. */
  enter(row: Row, memory: unknown): void
  /** The row, then all values: `aggregated` has those of the aggregates in order. */
  place(row: Row, aggregated: readonly unknown[], memory: unknown, time: number): Row
}

/** LAG: the values before, newest last. Numbers: rows so far, rank, dense rank, and the time of the last row. */
type Memory = Array<unknown[] | { rows: number; rank: number; dense: number; time: number }>

const NUMBERS = ['ROW_NUMBER', 'RANK', 'DENSE_RANK']

/** Whether a call is one of these, and not an aggregate. */
export const isNumbering = ({ fn }: OverCall): boolean => fn === 'LAG' || NUMBERS.includes(fn)

export function numbering(calls: readonly OverCall[]): Numbering {
  return {
    empty: !calls.some(isNumbering),
    create: (): Memory => calls.map(({ fn }) => (fn === 'LAG' ? [] : { rows: 0, rank: 0, dense: 0, time: Number.NaN })),
    enter(row, memory) {
      for (const [i, { fn, args, offset = 1 }] of calls.entries()) {
        if (fn !== 'LAG') continue
        const values = (memory as Memory)[i] as unknown[]
        values.push(row[args[0] ?? 0])
        if (values.length > offset + 1) values.shift()
      }
    },
    place(row, aggregated, memory, time) {
      const out = [...row]
      let next = 0
      for (const [i, call] of calls.entries()) {
        if (call.fn === 'LAG') out.push(lag(call, (memory as Memory)[i] as unknown[]))
        else if (NUMBERS.includes(call.fn))
          out.push(number(call.fn, (memory as Memory)[i] as { rows: number; rank: number; dense: number; time: number }, time))
        else out.push(aggregated[next++])
      }
      return out
    },
  }
}

/** The value `offset` rows before the newest, or the default. */
function lag({ offset = 1, constants }: OverCall, values: readonly unknown[]): unknown {
  return values.length > offset ? values[values.length - 1 - offset] : (constants?.[2] ?? null)
}

function number(fn: string, memory: { rows: number; rank: number; dense: number; time: number }, time: number): number {
  memory.rows++
  if (time !== memory.time) {
    memory.rank = memory.rows
    memory.dense++
    memory.time = time
  }
  return fn === 'ROW_NUMBER' ? memory.rows : fn === 'RANK' ? memory.rank : memory.dense
}
