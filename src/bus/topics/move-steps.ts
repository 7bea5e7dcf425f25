import type { ObservedPartition } from '../admin.ts'
import type { Draft } from './draft.ts'
import { made, settled } from './load.ts'
import type { ElectStep, FollowStep, MoveStep, PlannedMove } from './steps.ts'

/** Moves of a topic that is there: copies to other brokers, or another order of preference, which copies nothing. */
export function moveStep({ desired, observed, places }: Draft): MoveStep[] {
  const moves = (observed?.partitions ?? []).flatMap((each) => {
    const to = places[each.partition]
    return to && !sameOrder(to, settled(each)) ? [plannedMove(each, to)] : []
  })
  if (moves.length === 0) return []
  const fewer = moves.find(({ from, to }) => to.length < from.length)
  const risk = fewer ? `there will be ${fewer.to.length} instead of ${fewer.from.length} copies` : null
  return [{ kind: 'move', topic: desired.name, moves, risk }]
}

/** Moves that run and go where they ought to. */
export function followStep({ desired, observed, places }: Draft): FollowStep[] {
  const moves = (observed?.partitions ?? []).flatMap((each) => {
    const runs = each.adding.length + each.removing.length > 0
    const to = settled(each)
    if (!runs || !sameOrder(places[each.partition] ?? to, to)) return []
    const from = made(each)
    return [
      {
        partition: each.partition,
        from,
        to,
        adding: [...each.adding],
        removing: [...each.removing],
        bytes: cost(each, each.adding.length),
      },
    ]
  })
  return moves.length === 0 ? [] : [{ kind: 'follow', topic: desired.name, moves, risk: null }]
}

/** Partitions whose preferred replica will be able to lead and does not. */
export function electStep({ desired, observed, places }: Draft): ElectStep[] {
  const elections = (observed?.partitions ?? []).flatMap((each) => {
    const to = places[each.partition] ?? settled(each)
    const [first] = to
    const inSync = (id: number) => each.inSync.includes(id) || !made(each).includes(id)
    // A leader whose copy goes hands over to the first of the others.
    const leads = each.leader !== null && to.includes(each.leader) ? each.leader : to.find(inSync)
    if (first === undefined || each.leader === null || leads === first || !inSync(first)) return []
    return [{ partition: each.partition, from: each.leader, to: first }]
  })
  return elections.length === 0 ? [] : [{ kind: 'elect', topic: desired.name, elections, risk: null }]
}

function plannedMove(each: ObservedPartition, to: readonly number[]): PlannedMove {
  const from = made(each)
  const adding = to.filter((id) => !from.includes(id))
  return {
    partition: each.partition,
    from,
    to: [...to],
    adding,
    removing: from.filter((id) => !to.includes(id)),
    bytes: cost(each, adding.length),
  }
}

/** The leader's copy, for each that is added. */
function cost({ leader, bytes }: ObservedPartition, copies: number): number | null {
  const size = bytes[leader ?? -1]
  if (copies === 0) return 0
  return size === undefined ? null : size * copies
}

function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i])
}
