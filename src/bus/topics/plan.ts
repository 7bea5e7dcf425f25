import type { ObservedCluster, ObservedTopic } from '../admin.ts'
import { configSteps } from './config-steps.ts'
import { type DesiredTopics, MIN_INSYNC } from './desired.ts'
import { type Draft, type DraftContext, draftTopic, rebalanceDrafts } from './draft.ts'
import { Load, placesOf } from './load.ts'
import { electStep, followStep, moveStep } from './move-steps.ts'
import { perRack, sitesOf } from './racks.ts'
import type { CreateStep, DeleteStep, Obstacle, PartitionsStep, Plan, Step } from './steps.ts'
import { leftThrottles } from './throttles.ts'

export interface PlanOptions {
  /** Move copies also where no rule wants it, so that brokers carry the same. */
  rebalance?: boolean
}

/**
 * What would make the bus what it ought to be: nothing where it is. Pure: the same question has the same answer, and a bus to which a plan
 * without obstacles was applied has an empty plan.
 */
export function plan(desired: DesiredTopics, observed: ObservedCluster, { rebalance = false }: PlanOptions = {}): Plan {
  const sites = sitesOf(observed.brokers, desired.drain)
  const wanted = desired.topics.filter(({ absent }) => !absent).sort((a, b) => (a.name < b.name ? -1 : 1))
  const unwanted = observed.topics.filter(({ name }) => desired.topics.some((topic) => topic.absent && topic.name === name))
  const staying = observed.topics.filter((topic) => !unwanted.includes(topic))
  const context: DraftContext = { observed, sites, load: new Load(placesOf(staying)), obstacles: [] }
  const drafts = wanted.map((topic) => draftTopic(topic, context))
  if (rebalance) rebalanceDrafts(drafts, context)
  const feasible = drafts.filter(
    ({ observed: present, places, remade }) => (present && !remade) || places.length > 0 || observed.kind === 'embedded',
  )
  const configs = feasible.map((draft) => configSteps(draft, context.obstacles))
  const lasting = feasible.filter(({ observed: present, remade }) => present !== null && !remade)
  return {
    steps: [
      ...leftThrottles(observed),
      ...lasting.flatMap(followStep),
      ...feasible.filter(({ observed: present }) => present === null).map(createStep),
      ...configs.flatMap(({ before }) => before),
      ...lasting.flatMap(partitionsStep),
      ...lasting.flatMap(moveStep),
      ...configs.flatMap(({ after }) => after),
      ...lasting.flatMap(electStep),
      ...configs.flatMap(({ last }) => last),
      ...feasible.filter(({ remade }) => remade).flatMap(remakeSteps),
      ...unwanted.map((topic) => deleteStep(topic, 'the topic and all its records will be deleted')),
    ],
    obstacles: context.obstacles,
    notes: notesOf(feasible, context),
    unmanaged: observed.topics
      .filter(({ name, internal }) => !internal && !desired.topics.some((topic) => topic.name === name))
      .map(({ name }) => name),
  }
}

function createStep({ desired, places }: Draft): CreateStep {
  const config = Object.fromEntries(Object.entries(desired.config).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
  const replicas = places.length > 0 ? places : null
  return { kind: 'create', topic: desired.name, partitions: desired.partitions, config, replicas, risk: null }
}

function partitionsStep({ desired, observed, places }: Draft): PartitionsStep[] {
  const from = observed?.partitions.length ?? 0
  // Without brokers there are no places; with too few of them there are none for the new partitions.
  if (from >= desired.partitions || (places.length > 0 && places.length < desired.partitions)) return []
  const replicas = places.length > 0 ? places.slice(from) : null
  return [{ kind: 'partitions', topic: desired.name, from, to: desired.partitions, replicas, risk: null }]
}

function deleteStep({ name, partitions }: ObservedTopic, risk: string): DeleteStep {
  return { kind: 'delete', topic: name, partitions: partitions.length, bytes: bytesOf(partitions), risk }
}

function remakeSteps(draft: Draft): Step[] {
  if (!draft.observed) return []
  const fewer = `${draft.observed.partitions.length} partitions cannot become ${draft.desired.partitions}: the topic will be deleted with all its records and made anew`
  return [deleteStep(draft.observed, fewer), createStep(draft)]
}

/** Of the leaders' copies; null where one is not known. */
function bytesOf(partitions: ObservedTopic['partitions']): number | null {
  const sizes = partitions.map(({ leader, bytes }) => bytes[leader ?? -1])
  return sizes.reduce<number | null>((sum, size) => (sum === null || size === undefined ? null : sum + size), 0)
}

function notesOf(drafts: readonly Draft[], { sites }: DraftContext): Obstacle[] {
  return drafts.flatMap(({ desired, observed, places, remade }) => {
    const notes: Obstacle[] = []
    const topic = desired.name
    if (observed && !remade && observed.partitions.length < desired.partitions && observed.partitions.length > 0) {
      const message =
        'with more partitions a key may go to another one than before: its order, and joins with other topics, begin anew there'
      notes.push({ topic, message })
    }
    const needed = Number(desired.config[MIN_INSYNC] ?? observed?.config[MIN_INSYNC] ?? 1)
    const inside = places.some((replicas) => Math.max(0, ...perRack(replicas, sites).values()) >= needed)
    if (inside && sites.racks.length > 1 && desired.replication > 1) {
      notes.push({ topic, message: `acks=all can be met inside one rack: ${MIN_INSYNC}=${needed} with as many copies in one` })
    }
    return notes
  })
}

/** Nothing to do, and nothing in the way. */
export const isSettled = ({ steps, obstacles }: Plan) => steps.length === 0 && obstacles.length === 0
