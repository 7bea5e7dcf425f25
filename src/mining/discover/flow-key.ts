/** Distinct activities, and persons and teams, that are told apart. */
export const MOST_ACTIVITIES = 4_096
export const MOST_WORKERS = 1 << 16
/** Start and end of a case, as activities of a flow. */
export const OUTSIDE = -1

/** The key of the flow from one activity, or from outside, to another. */
export const flowKey = (from: number, to: number): number => (from + 1) * (MOST_ACTIVITIES + 1) + to + 1
export const flowOf = (key: number): [from: number, to: number] => [
  Math.floor(key / (MOST_ACTIVITIES + 1)) - 1,
  (key % (MOST_ACTIVITIES + 1)) - 1,
]
