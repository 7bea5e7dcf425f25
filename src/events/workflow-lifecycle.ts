/** XES's lifecycle transitions in words (IEEE 1849), and `due`: the deadline of an activity. */
export const LIFECYCLE = [
  'scheduled',
  'assigned',
  'reassigned',
  'started',
  'suspended',
  'resumed',
  'completed',
  'skipped',
  'aborted',
  'withdrawn',
  'due',
] as const
