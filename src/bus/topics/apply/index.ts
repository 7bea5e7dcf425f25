import type { Clock } from '../../../base/clock.ts'
import type { BusAdmin } from '../../admin.ts'
import { type Plan, risksOf, type Step } from '../steps.ts'
import { checkDiskSpace } from './disk-space.ts'
import type { Failure } from './events.ts'
import { type MoveOptions, Mover } from './moves.ts'
import { unthrottle } from './throttle.ts'

export type { ApplyEvents, Failure, MoveProgress } from './events.ts'

export interface Applied {
  /** Steps that were carried out whole. */
  done: number
  /** The signal aborted: the rest is for the next apply. Moves that run go on by themselves. */
  interrupted: boolean
  failures: Failure[]
}

/**
 * Carry out a plan, step by step. Nothing of it is remembered here: an apply that was stopped or killed is resumed by planning again, since
 * the cluster knows which moves run. Throttles are gone when it is done.
 * @throws SHITOPS_E_DISK_SPACE before anything is done
 */
export async function apply(admin: BusAdmin, plan: Plan, options: MoveOptions): Promise<Applied> {
  const { events, signal } = options
  const { placement } = admin
  const moves = plan.steps.filter((step) => step.kind === 'move' || step.kind === 'follow')
  if (placement) checkDiskSpace(plan, await admin.observe())
  const mover = placement ? new Mover(admin, placement, moves, options) : null
  const failures: Failure[] = []
  let done = 0
  for (const step of plan.steps) {
    if (signal.aborted) break
    events.onStep(step)
    if (step.kind === 'move' || step.kind === 'follow') await mover?.run(step)
    else failures.push(...(await carryOut(admin, step)))
    if (signal.aborted) break
    done++
    if (step === moves.at(-1)) await unthrottle(admin)
  }
  return { done, interrupted: signal.aborted, failures: [...failures, ...(mover?.failures ?? [])] }
}

type Simple = Exclude<Step, { kind: 'move' | 'follow' }>

async function carryOut(admin: BusAdmin, step: Simple): Promise<Failure[]> {
  switch (step.kind) {
    case 'create':
      await admin.createTopic(step.topic, step.partitions, step.config, step.replicas)
      return []
    case 'config':
      await admin.setTopicConfig(step.topic, Object.fromEntries(step.changes.map(({ name, to }) => [name, to])))
      return []
    case 'partitions':
      await admin.addPartitions(step.topic, step.to, step.replicas)
      return []
    case 'delete':
      await admin.deleteTopic(step.topic)
      return []
    case 'unthrottle':
      await unthrottle(admin)
      return []
    case 'elect': {
      const asked = step.elections.map(({ partition }) => ({ topic: step.topic, partition }))
      const outcomes = (await admin.placement?.electPreferred(asked)) ?? []
      return outcomes.flatMap(({ topic, partition, refusal }) =>
        refusal === null ? [] : [{ topic, message: `the preferred leader of partition ${partition} was not elected: ${refusal}` }],
      )
    }
  }
}

/** Take back the moves of these topics that run, and the throttle with them. Resolves with how many. */
export async function cancelMoves(
  admin: BusAdmin,
  topics: readonly string[],
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<number> {
  const { placement } = admin
  if (!placement) return 0
  const running = (await placement.moving()).filter(({ topic }) => topics.includes(topic))
  await placement.cancel(running)
  const left = async () => (await placement.moving()).some(({ topic }) => topics.includes(topic))
  while ((await left()) && !signal.aborted) await clock.sleep(100, signal)
  await unthrottle(admin)
  return running.length
}

/** The plan without what would want to be confirmed, and without what only makes sense after that. */
export function withoutRisks(plan: Plan): Plan {
  const kept = (kind: Step['kind'], topic: string) =>
    !plan.steps.some((step) => step.kind === kind && 'topic' in step && step.topic === topic && step.risk !== null)
  const steps = plan.steps.filter((step) => {
    if (step.kind === 'create') return kept('delete', step.topic)
    if (step.kind === 'elect') return kept('move', step.topic)
    return step.risk === null
  })
  return { ...plan, steps }
}

/** Topics whose names must be given before the plan may be carried out, each once, with every reason. */
export function unconfirmed(plan: Plan, confirmed: readonly string[]): Array<{ topic: string; risks: string[] }> {
  const topics = new Map<string, string[]>()
  for (const { topic, risk } of risksOf(plan)) topics.set(topic, [...(topics.get(topic) ?? []), risk])
  return [...topics].filter(([topic]) => !confirmed.includes(topic)).map(([topic, risks]) => ({ topic, risks }))
}
