/** A value that depends on the order of its rows, kept up to date row by row. */
export interface Fold {
  /** The arguments that are not constant, none of them NULL. */
  add(...values: number[]): void
  /** NULL where there is nothing to say yet. */
  result(): unknown
  /** As plain data. */
  save(): unknown
}
