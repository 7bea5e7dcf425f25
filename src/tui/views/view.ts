import type { FilterRecord } from '../../bus/filter/compile.ts'
import type { Row } from '../draw/row.ts'
import type { Cell, Column } from '../draw/table.ts'
import type { World } from '../world.ts'

/** In the order of their keys, 1 to 7. */
export const VIEW_NAMES = ['overview', 'alerts', 'people', 'network', 'workflow', 'topics', 'log'] as const
export type ViewName = (typeof VIEW_NAMES)[number]

/** A record as `tail` has it: what a filter looks at and what an export writes. Of what the server makes the offset is -1. */
export interface Item {
  /** The same thing keeps its key from one drawing to the next: the cursor stays on it. */
  readonly key: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ms */
  readonly timestamp: number
  readonly recordKey: string
  readonly value: unknown
  readonly cells: readonly Cell[]
  /** What it is sorted by, a value for each sort of the view. */
  readonly order: ReadonlyArray<string | number>
  /** The command that shows it, or does the same. */
  readonly command: string
}

export interface Sort {
  readonly name: string
  /** The column whose title shows it. */
  readonly column: number
}

export interface ListView {
  readonly name: ViewName
  readonly columns: readonly Column[]
  /** The first is how the view begins. */
  readonly sorts: readonly Sort[]
  /** The same array as long as the rows are the same: what was made of it, filtered and sorted, holds then. */
  items(world: World, now: number): readonly Item[]
  /** A row that is as wide as the widest of each column, where not every row is to be made for that. */
  widest?(world: World, now: number): readonly Cell[]
  /** Where there is nothing, and nothing is filtered away: why that may be. */
  empty(world: World): string
  /** Above or below the table: at most so many rows. */
  panel?(world: World, chosen: Item | undefined, width: number, height: number): Row[]
  /** Rows that the panel gets, of so many. */
  panelHeight?(height: number): number
}

export const filterRecord = ({ topic, partition, offset, timestamp, recordKey, value }: Item): FilterRecord => ({
  ...{ topic, partition, offset, timestamp, key: recordKey, value },
  header: () => undefined,
})
