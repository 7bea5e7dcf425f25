import type { ActivityModel, Bottleneck, FlowModel, ProcessModel } from '../discover/model.ts'

export interface MapOptions {
  /** Draw the most frequent activities that together make up so much of all steps, 0 to 1. */
  activities: number
  /** Of the flows between them the most frequent that together make up so much. */
  paths: number
}

export const MAP_DEFAULTS: MapOptions = { activities: 0.9, paths: 0.8 }

export interface MapFlow extends FlowModel {
  /** Where the flow is one of the bottlenecks, which. */
  bottleneck: Bottleneck | null
}

/** What is drawn of a model, and how much of it that is. */
export interface ProcessMap {
  model: ProcessModel
  nodes: ActivityModel[]
  /** Without self-loops: a node tells those. */
  flows: MapFlow[]
  /** Part of all steps and of all flows that is drawn. */
  shown: { activities: number; steps_share: number; flows: number; flows_share: number; all_activities: number; all_flows: number }
}

/** A node of the graph: an activity, or null for start (as `from`) and end (as `to`). */
type End = string | null

/**
 * The frequent part of a model. Bottlenecks between drawn activities are drawn however rare they are; and so that nothing hangs in the air, each
 * activity keeps the most frequented way from the start and to the end, with what lies on it.
 */
export function mapOf(model: ProcessModel, options: MapOptions = MAP_DEFAULTS): ProcessMap {
  const kept = new Set(mostFrequent(model.activities, ({ steps }) => steps, options.activities).map(({ activity }) => activity))
  const flows = model.flows.filter(({ from, to }) => from !== to)
  const drawn = new Set<FlowModel>()
  for (const way of [waysFrom(flows), waysTo(flows)]) for (const activity of [...kept]) addWay(way, activity, kept, drawn)
  const within = flows.filter(({ from, to }) => (from === null || kept.has(from)) && (to === null || kept.has(to)))
  for (const flow of mostFrequent(within, ({ count }) => count, options.paths)) drawn.add(flow)
  const bottleneckOf = (flow: FlowModel) => model.bottlenecks.find(({ from, to }) => from === flow.from && to === flow.to) ?? null
  for (const flow of within) if (bottleneckOf(flow)) drawn.add(flow)
  const nodes = model.activities.filter(({ activity }) => kept.has(activity))
  const shownFlows = flows.filter((flow) => drawn.has(flow))
  return {
    model,
    nodes,
    flows: shownFlows.map((flow) => ({ ...flow, bottleneck: bottleneckOf(flow) })),
    shown: {
      activities: nodes.length,
      steps_share: part(nodes, model.activities, ({ steps }) => steps),
      flows: shownFlows.length,
      flows_share: part(shownFlows, flows, ({ count }) => count),
      all_activities: model.activities.length,
      all_flows: flows.length,
    },
  }
}

/** The first of a list, most frequent first, that together make up a share. */
function mostFrequent<T>(items: readonly T[], weight: (item: T) => number, share: number): T[] {
  const sorted = [...items].sort((a, b) => weight(b) - weight(a))
  const wanted = sorted.reduce((sum, item) => sum + weight(item), 0) * share
  let sum = 0
  return sorted.filter((item) => {
    const before = sum
    sum += weight(item)
    // A rounding error is no reason for one more.
    return before < wanted - 1e-9
  })
}

/** For each activity the flow by which the most frequented way from the start comes to it: a maximum spanning tree, grown flow by flow. */
const waysFrom = (flows: readonly FlowModel[]): Map<string, [FlowModel, End]> =>
  grow(
    flows,
    ({ from }) => from,
    ({ to }) => to,
  )
const waysTo = (flows: readonly FlowModel[]): Map<string, [FlowModel, End]> =>
  grow(
    flows,
    ({ to }) => to,
    ({ from }) => from,
  )

function grow(flows: readonly FlowModel[], near: (flow: FlowModel) => End, far: (flow: FlowModel) => End): Map<string, [FlowModel, End]> {
  const reached = new Map<string, [FlowModel, End]>()
  const sorted = [...flows].sort((a, b) => b.count - a.count)
  for (;;) {
    const next = sorted.find((flow) => {
      const [here, there] = [near(flow), far(flow)]
      return there !== null && !reached.has(there) && (here === null || reached.has(here))
    })
    if (!next) return reached
    reached.set(far(next) as string, [next, near(next)])
  }
}

function addWay(ways: ReadonlyMap<string, [FlowModel, End]>, activity: string, kept: Set<string>, drawn: Set<FlowModel>): void {
  let here: End = activity
  while (here !== null) {
    kept.add(here)
    const step = ways.get(here)
    if (!step) return
    drawn.add(step[0])
    here = step[1]
  }
}

function part<T>(some: readonly T[], all: readonly T[], weight: (item: T) => number): number {
  const sum = (items: readonly T[]) => items.reduce((total, item) => total + weight(item), 0)
  return all.length === 0 ? 1 : sum(some) / sum(all)
}
