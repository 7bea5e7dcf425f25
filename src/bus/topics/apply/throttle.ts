import type { BusAdmin, PlacementAdmin } from '../../admin.ts'
import type { PlannedMove } from '../steps.ts'
import { leftThrottles, RATES, THROTTLED } from '../throttles.ts'

/** What a throttle of these moves says: copies that are read from, and copies that are made, as `partition:broker`. */
export function throttledReplicas(moves: readonly PlannedMove[]): { leaders: string; followers: string } {
  const list = (ids: (move: PlannedMove) => readonly number[]) =>
    moves.flatMap((move) => ids(move).map((id) => `${move.partition}:${id}`)).join(',')
  return { leaders: list(({ from }) => from), followers: list(({ adding }) => adding) }
}

/**
 * Limit what these moves may take of each broker. Before they begin: a process that dies in between leaves a limit on nothing.
 * @param rate bytes a second
 */
export async function throttle(
  admin: BusAdmin,
  placement: PlacementAdmin,
  topic: string,
  moves: readonly PlannedMove[],
  rate: number,
): Promise<void> {
  const brokers = new Set(moves.flatMap(({ from, adding }) => [...from, ...adding]))
  for (const id of brokers) await placement.setBrokerConfig(id, Object.fromEntries(RATES.map((name) => [name, String(rate)])))
  const { leaders, followers } = throttledReplicas(moves)
  await admin.setTopicConfig(topic, { [THROTTLED[0]]: leaders, [THROTTLED[1]]: followers })
}

/** Let the moves of a topic that run go as fast as they can. */
export async function release(admin: BusAdmin, topic: string): Promise<void> {
  await admin.setTopicConfig(topic, Object.fromEntries(THROTTLED.map((name) => [name, null])))
}

/** Take away what no move needs any more: ours, and what an apply that was killed has left. Lists first: a rate without a list limits nothing. */
export async function unthrottle(admin: BusAdmin): Promise<void> {
  for (const { topics, brokers } of leftThrottles(await admin.observe())) {
    for (const topic of topics) await release(admin, topic)
    for (const id of brokers) await admin.placement?.setBrokerConfig(id, Object.fromEntries(RATES.map((name) => [name, null])))
  }
}
