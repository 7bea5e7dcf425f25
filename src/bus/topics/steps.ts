/** One step of a plan. `risk` says why it may lose records, and wants to be confirmed with the topic's name. */
export type Step = CreateStep | ConfigStep | PartitionsStep | MoveStep | FollowStep | UnthrottleStep | ElectStep | DeleteStep

interface StepOfTopic {
  topic: string
  risk: string | null
}

export interface CreateStep extends StepOfTopic {
  kind: 'create'
  partitions: number
  config: Readonly<Record<string, string>>
  /** Of each partition, the preferred leader first; null where there are no brokers. */
  replicas: number[][] | null
}

export interface ConfigChange {
  name: string
  /** null: it was not set. */
  from: string | null
  /** null: the cluster's own value. */
  to: string | null
}

export interface ConfigStep extends StepOfTopic {
  kind: 'config'
  changes: ConfigChange[]
}

export interface PartitionsStep extends StepOfTopic {
  kind: 'partitions'
  from: number
  to: number
  /** Of the new ones. */
  replicas: number[][] | null
}

export interface PlannedMove {
  partition: number
  from: number[]
  to: number[]
  /** Brokers that get a copy, and those whose copy goes. */
  adding: number[]
  removing: number[]
  /** To be copied: the partition's size for each that is added; null where it is not known. */
  bytes: number | null
}

export interface MoveStep extends StepOfTopic {
  kind: 'move'
  moves: PlannedMove[]
}

/** Moves that run already, begun by an earlier apply or by somebody else: they are waited for. */
export interface FollowStep extends StepOfTopic {
  kind: 'follow'
  moves: PlannedMove[]
}

/** Throttles that somebody left behind. */
export interface UnthrottleStep {
  kind: 'unthrottle'
  topics: string[]
  brokers: number[]
  risk: null
}

export interface ElectStep extends StepOfTopic {
  kind: 'elect'
  elections: Array<{ partition: number; from: number | null; to: number }>
}

export interface DeleteStep extends StepOfTopic {
  kind: 'delete'
  partitions: number
  bytes: number | null
  risk: string
}

/** Something that cannot be had now: why, and what would help. */
export interface Obstacle {
  topic: string
  message: string
}

export interface Plan {
  /** In the order in which they are safe. */
  steps: Step[]
  obstacles: Obstacle[]
  /** What the steps mean for those who read and write. */
  notes: Obstacle[]
  /** Topics of the bus that the file does not name; left as they are. */
  unmanaged: string[]
}

/** Names to be confirmed, each with why. */
export function risksOf({ steps }: Pick<Plan, 'steps'>): Array<{ topic: string; risk: string }> {
  return steps.flatMap((step) => (step.risk === null || !('topic' in step) ? [] : [{ topic: step.topic, risk: step.risk }]))
}
