/** What a member expects, for the explanation of an alarm. */
export interface Expectation {
  /** The value that would not surprise. */
  readonly centre: number
  /** What one unit of the member's size is in units of the value. */
  readonly unit: number
  /** When something like it was last seen, ms; undefined where the member does not know. */
  readonly similar?: number | undefined
}

/** One way to be surprised: a size ≥ 0 for each value in turn, from values before it alone. O(1) or O(bounded history) a value. */
export interface Member {
  /** The size of the surprise; undefined while there is nothing to say. The value then is one of the past. */
  step(value: number, time: number): number | undefined
  /** Of the value that came last, judged from before it. */
  expectation(): Expectation | undefined
  /** As plain data. */
  save(): unknown
  load(saved: unknown): void
}
