/** The parts of a record that a filter can name. */
export const ROOTS = ['topic', 'partition', 'offset', 'timestamp', 'key', 'headers', 'value'] as const
export type Root = (typeof ROOTS)[number]

export type Scalar = string | number | boolean | null

export const COMPARISONS = ['==', '!=', '<', '<=', '>', '>=', 'in', 'contains', 'matches'] as const
export type Comparison = (typeof COMPARISONS)[number]

export type FilterNode =
  | { type: 'literal'; value: Scalar }
  | { type: 'regex'; value: RegExp }
  | { type: 'list'; items: FilterNode[] }
  | { type: 'field'; root: Root; path: ReadonlyArray<string | number> }
  | { type: 'exists'; field: FilterNode & { type: 'field' } }
  | { type: 'not'; operand: FilterNode }
  | { type: 'and' | 'or'; left: FilterNode; right: FilterNode }
  | { type: 'compare'; operator: Comparison; left: FilterNode; right: FilterNode }
