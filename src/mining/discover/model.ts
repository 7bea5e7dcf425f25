/** What is known of durations of one kind, in seconds; quantiles to within 1 %. */
export interface Times {
  n: number
  mean_s: number
  p10_s: number
  p50_s: number
  p90_s: number
  max_s: number
}

export interface ActivityModel {
  activity: string
  steps: number
  /** Cases with it. */
  cases: number
  /** Part of all steps, with decay. */
  share: number
  starts: number
  ends: number
  /** Steps beyond the first of their case; of them those at once after the same activity. */
  repeats: number
  self_loops: number
  /** From the step before to this one: waiting and service together. Null where it only begins cases. */
  sojourn: Times | null
  /** Null where the log does not say when work began. */
  waiting: Times | null
  service: Times | null
  /** From its last time in the case to this one, summed: time that went round in loops. */
  rework_s: number
}

/** From an activity to the one directly after it; null is outside: the start or the end of a case. */
export interface FlowModel {
  from: string | null
  to: string | null
  count: number
  /** Part of all flows, with decay. */
  share: number
  time: Times | null
  /** Part of all time between steps that passes here, with decay. */
  time_share: number
}

export interface VariantModel {
  activities: string[]
  cases: number
  share: number
  time: Times | null
  /** The trace was longer than is kept: only its beginning stands here. */
  cut: boolean
}

/** Where time is lost: a flow that much of the time passes in. */
export interface Bottleneck {
  rank: number
  from: string
  to: string
  count: number
  time_share: number
  p50_s: number
  p90_s: number
  /** Median by the median of all flows: how much slower than usual. */
  slower: number | null
  /** In words. */
  why: string
}

export interface HandoverModel {
  from: string
  to: string
  count: number
  time: Times | null
}

export interface WorkerModel {
  worker: string
  steps: number
  share: number
  days: number
  steps_per_day: number
  busiest_day: number
}

export interface BatchModel {
  activity: string
  batches: number
  /** Steps in batches, and their part of all of the activity. */
  steps: number
  share: number
  median_size: number
}

export interface ProcessModel {
  events: number
  steps: number
  cases: number
  /** Of these cases, those that had not ended. */
  open_cases: number
  crowded_out_cases: number
  late_steps: number
  first: string | null
  last: string | null
  half_life_s: number | null
  /** How much too low counts can be, for want of memory: 0 is exact. */
  error_at_most: { flows: number; variants: number }
  throughput: (Times & { p25_s: number; p75_s: number; p95_s: number; p99_s: number }) | null
  steps_per_case: { mean: number; p50: number; p90: number; max: number } | null
  /** What all steps waited and took, where the log says when work began; null where it does not. */
  waiting_s: number | null
  service_s: number | null
  happy_path: VariantModel | null
  /** Part of the cases in which no activity was done twice. */
  straight_share: number | null
  variants_known: number
  activities: ActivityModel[]
  flows: FlowModel[]
  variants: VariantModel[]
  bottlenecks: Bottleneck[]
  by: 'team' | 'person'
  handovers: HandoverModel[]
  workers: WorkerModel[]
  batches: BatchModel[]
}
