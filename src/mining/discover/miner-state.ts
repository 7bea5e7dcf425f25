import type { WorkflowEvent } from '../../events/event-types.ts'
import type { LossyState } from '../sketch/lossy-counter.ts'
import type { QuantileState } from '../sketch/quantile-sketch.ts'
import type { BatchState } from './batches.ts'
import type { OpenCase } from './open-cases.ts'
import type { ActivityStats, FlowStats, HandoverStats, Saved, VariantStats } from './stats.ts'
import type { WorkerState } from './workers.ts'

export interface MinerOptions {
  /** An event so much older than another weighs half as much; absent: all weigh the same. */
  halfLifeMs?: number | undefined
  /** The lifecycle whose events are the steps of the map. */
  lifecycle: WorkflowEvent['lifecycle']
  /** Whose load and hand-overs are told. */
  by: 'team' | 'person'
  /** Cases remembered at once; beyond, the one not heard of for longest counts as ended. */
  openCases: number
  /** A case that nothing was heard of for so long has ended. */
  idleMs?: number | undefined
  /** 1/ε of lossy counting, for flows, variants, hand-overs and workers. */
  width: number
  /** A batch: one worker's steps of one activity with no longer pause, at least so many. */
  batch: { gapMs: number; least: number }
}

export const MINER_DEFAULTS: MinerOptions = {
  lifecycle: 'completed',
  by: 'team',
  openCases: 200_000,
  width: 50_000,
  batch: { gapMs: 300_000, least: 5 },
}

export interface Totals {
  events: number
  steps: number
  /** Cases that are over, and of them those that had to make room. */
  ended: number
  crowdedOut: number
  /** Steps that were earlier than the step before in their case: they count, their duration as 0. */
  late: number
  first: number | null
  last: number | null
}

export interface MinerState {
  landmark: number | null
  totals: Totals
  names: string[]
  workerNames: string[]
  open: Array<[string, OpenCase]>
  activities: Array<Saved<ActivityStats>>
  flows: LossyState<number, Saved<FlowStats>>
  variants: LossyState<string, Saved<VariantStats>>
  handovers: LossyState<string, Saved<HandoverStats>>
  workers: WorkerState
  batches: BatchState
  throughput: QuantileState
  lengths: QuantileState
}
