import type { ObservedBroker, ObservedCluster, ObservedPartition, ObservedTopic } from '../../../src/bus/admin.ts'
import type { PlannedMove, Step } from '../../../src/bus/topics/steps.ts'

export function broker(id: number, rack: string | null, more: Partial<ObservedBroker> = {}): ObservedBroker {
  return {
    ...{ id, host: 'localhost', port: 9000 + id, rack, fenced: false, bytes: 0, freeBytes: 1e12 },
    ...{
      throttle: { leader: null, follower: null },
      settings: { 'auto.create.topics.enable': 'false' },
      versions: { fetch: 17, metadataMax: 29 },
    },
    ...more,
  }
}

export function partition(number: number, replicas: readonly number[], more: Partial<ObservedPartition> = {}): ObservedPartition {
  const bytes = Object.fromEntries(replicas.map((id) => [id, 1_000]))
  return { partition: number, leader: replicas[0] ?? null, replicas, inSync: replicas, adding: [], removing: [], bytes, ...more }
}

export function topic(
  name: string,
  places: ReadonlyArray<readonly number[]>,
  config: Readonly<Record<string, string>> = {},
): ObservedTopic {
  return { name, internal: false, config, own: Object.keys(config), partitions: places.map((replicas, i) => partition(i, replicas)) }
}

export function cluster(brokers: readonly ObservedBroker[], topics: readonly ObservedTopic[] = []): ObservedCluster {
  return { kind: 'kafka', id: 'model', quorum: null, metadataLevel: 29, brokers, topics }
}

/**
 * What Kafka makes of a step, instant by instant: a copy is made, comes into sync, the move ends. Yields the cluster after each, so that a
 * law can be held against all that happens on the way.
 */
export function* carryOut(before: ObservedCluster, step: Step): Generator<ObservedCluster> {
  switch (step.kind) {
    case 'create': {
      if (before.topics.some(({ name }) => name === step.topic)) throw new Error(`there is a topic ${step.topic}`)
      const places = step.replicas ?? Array.from({ length: step.partitions }, () => [0])
      checkPlaces(before, places)
      yield { ...before, topics: [...before.topics, topic(step.topic, places, step.config)] }
      return
    }
    case 'delete':
      yield { ...before, topics: before.topics.filter(({ name }) => name !== step.topic) }
      return
    case 'config':
      yield changed(before, step.topic, (old) => {
        const config: Record<string, string> = { ...old.config }
        for (const { name, to } of step.changes) {
          if (to === null) delete config[name]
          else config[name] = to
        }
        return { ...old, config, own: Object.keys(config) }
      })
      return
    case 'partitions':
      yield changed(before, step.topic, (old) => {
        if (old.partitions.length !== step.from) throw new Error('partitions are counted from what is there')
        const places = step.replicas ?? Array.from({ length: step.to - step.from }, () => [0])
        checkPlaces(before, places)
        return { ...old, partitions: [...old.partitions, ...places.map((ids, i) => partition(step.from + i, ids))] }
      })
      return
    case 'move':
      for (const move of step.moves) {
        checkPlaces(before, [move.to])
        before = changed(before, step.topic, (old) => withPartition(old, move.partition, (each) => begun(each, move.to)))
        yield before
      }
      yield* finish(before, step.topic, step.moves)
      return
    case 'follow':
      yield* finish(before, step.topic, step.moves)
      return
    case 'elect':
      for (const { partition: number, to } of step.elections) {
        before = changed(before, step.topic, (old) =>
          withPartition(old, number, (each) => {
            if (each.replicas[0] !== to || !each.inSync.includes(to)) throw new Error(`broker ${to} cannot lead`)
            return { ...each, leader: to }
          }),
        )
        yield before
      }
      return
    case 'unthrottle':
      yield before
  }
}

/** A move has begun: the copies that come are part of it, and not in sync. */
export function begun(each: ObservedPartition, to: readonly number[]): ObservedPartition {
  const settled = each.replicas.filter((id) => !each.adding.includes(id))
  const adding = to.filter((id) => !settled.includes(id))
  const removing = settled.filter((id) => !to.includes(id))
  const replicas = [...to, ...removing]
  const inSync = each.inSync.filter((id) => replicas.includes(id))
  return { ...each, replicas, adding, removing, inSync }
}

function* finish(cluster: ObservedCluster, name: string, moves: readonly PlannedMove[]): Generator<ObservedCluster> {
  let now = cluster
  for (const { partition: number } of moves) {
    const each = now.topics.find((one) => one.name === name)?.partitions[number]
    for (const id of each?.adding ?? []) {
      now = changed(now, name, (old) => withPartition(old, number, (one) => ({ ...one, inSync: [...one.inSync, id] })))
      yield now
    }
    now = changed(now, name, (old) => withPartition(old, number, ended))
    yield now
  }
}

function ended(each: ObservedPartition): ObservedPartition {
  const replicas = each.replicas.filter((id) => !each.removing.includes(id))
  const inSync = replicas.filter((id) => each.inSync.includes(id))
  const leader = each.leader !== null && inSync.includes(each.leader) ? each.leader : (inSync[0] ?? null)
  const bytes = Object.fromEntries(replicas.map((id) => [id, 1_000]))
  return { ...each, replicas, inSync, leader, adding: [], removing: [], bytes }
}

function checkPlaces({ brokers }: ObservedCluster, places: ReadonlyArray<readonly number[]>): void {
  for (const ids of places) {
    if (ids.length === 0 || new Set(ids).size < ids.length) throw new Error(`no place for a partition: ${ids}`)
    if (ids.some((id) => !brokers.some((one) => one.id === id))) throw new Error(`no such broker: ${ids}`)
  }
}

function changed(old: ObservedCluster, name: string, change: (topic: ObservedTopic) => ObservedTopic): ObservedCluster {
  if (!old.topics.some((each) => each.name === name)) throw new Error(`there is no topic ${name}`)
  return { ...old, topics: old.topics.map((each) => (each.name === name ? change(each) : each)) }
}

function withPartition(old: ObservedTopic, number: number, change: (each: ObservedPartition) => ObservedPartition): ObservedTopic {
  return { ...old, partitions: old.partitions.map((each) => (each.partition === number ? change(each) : each)) }
}
