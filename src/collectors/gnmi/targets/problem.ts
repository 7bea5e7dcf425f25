/** Something wrong with settings that have the right shape. Repeats no value: it might be a secret in the wrong place. */
export interface TargetProblem {
  /** Where: keys and indexes that lead to it, `['targets', 2, 'address']`. */
  keys: ReadonlyArray<string | number>
  /** The rest of a sentence about what stands there. */
  message: string
  suggestion?: string
}
