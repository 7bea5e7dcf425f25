import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { plural } from '../../base/plural.ts'
import { parseSize, SIZE_FORMS } from '../../base/size.ts'
import type { Bus } from '../../bus/bus.ts'
import { type Applied, apply, cancelMoves, unconfirmed, withoutRisks } from '../../bus/topics/apply/index.ts'
import type { Plan } from '../../bus/topics/steps.ts'
import { ApplyView } from './apply-view.ts'
import { makePlan, type PlanFlags, type Planned, planDocument } from './plan.ts'
import { applyCommand, formatPlan } from './plan-view.ts'

export interface ApplyFlags extends PlanFlags {
  confirm?: string[] | undefined
  throttle: string
  concurrency: number
  'safe-only'?: boolean | undefined
  'dry-run'?: boolean | undefined
  cancel?: boolean | undefined
}

export interface ApplyContext {
  signal: AbortSignal
  print(text: string): void
  /** The command as it is to be typed next. */
  onTypedBus(command: string): string
  /** null: no progress is shown. */
  stderr: { isTTY?: boolean; columns?: number; write(text: string): unknown } | null
}

/** How long the cluster may take to agree that it is done, ms. */
const SETTLE_MS = 10_000
const LOOK_MS = 200

/** Make the topics what they ought to be. Resolves with what `--json` prints. */
export async function applyTopics(
  bus: Bus,
  topics: readonly string[] | undefined,
  flags: ApplyFlags,
  context: ApplyContext,
): Promise<unknown> {
  const rate = throttleOf(flags.throttle)
  const planned = await makePlan(bus, topics, flags)
  if (flags.cancel) return cancel(planned, context)
  const todo = flags['safe-only'] ? withoutRisks(planned.plan) : planned.plan
  const shown = { ...planned, plan: todo }
  const show = (next?: string) => context.print(formatPlan(todo, planned.observed, planned.source.file, next))
  if (flags['dry-run']) {
    show(context.onTypedBus(applyCommand(topics, flags)))
    return { ...planDocument(shown), dry_run: true }
  }
  refuseLoss(todo, flags.confirm ?? [])
  show()
  const view = new ApplyView(context, rate)
  const applied = await apply(planned.admin, todo, {
    clock: systemClock,
    signal: context.signal,
    rate,
    atOnce: flags.concurrency,
    events: view,
  }).finally(() => view.end())
  const left = applied.interrupted ? todo : await whatIsLeft(bus, topics, flags, context.signal)
  report(applied, left, todo, context)
  return { ...planDocument(shown), dry_run: false, ...applied, left: left.steps, left_obstacles: left.obstacles }
}

/** @throws SHITOPS_E_CONFIRM, naming each topic with what it may lose */
function refuseLoss(plan: Plan, confirmed: readonly string[]): void {
  const missing = unconfirmed(plan, confirmed)
  if (missing.length === 0) return
  const reasons = missing.map(({ topic, risks }) => `${topic}: ${risks.join('; ')}`)
  throw new ShitopsError('SHITOPS_E_CONFIRM', `nothing was done, because records may be lost: ${reasons.join(' / ')}`, {
    suggestions: [missing.map(({ topic }) => `--confirm ${topic}`).join(' '), '--safe-only does the rest', 'shitops topic plan'],
  })
}

/** Planned once more until nothing is left: brokers learn of changes one after the other. */
async function whatIsLeft(bus: Bus, topics: readonly string[] | undefined, flags: ApplyFlags, signal: AbortSignal): Promise<Plan> {
  const end = systemClock.now() + SETTLE_MS
  for (;;) {
    const { plan } = await makePlan(bus, topics, flags)
    const left = flags['safe-only'] ? withoutRisks(plan) : plan
    if (left.steps.length === 0 || signal.aborted || systemClock.now() > end) return left
    await systemClock.sleep(LOOK_MS, signal)
  }
}

function report({ done, interrupted, failures }: Applied, left: Plan, plan: Plan, { print, onTypedBus }: ApplyContext): void {
  if (interrupted) {
    const moving = plan.steps.some(({ kind }) => kind === 'move' || kind === 'follow')
    const rest = moving ? ' Moves that run go on by themselves, under their throttle.' : ''
    const next = onTypedBus('Next: shitops topic apply goes on from here; --cancel takes moves back.')
    print(`Stopped after ${done} of ${plural(plan.steps.length, 'step')}.${rest} ${next}\n`)
    return
  }
  const open = [
    ...failures,
    ...left.obstacles,
    ...left.steps.flatMap((step) => ('topic' in step ? [{ topic: step.topic, message: `still to do: ${step.kind}` }] : [])),
  ]
  if (open.length === 0) {
    if (plan.steps.length > 0) print(`Done: ${plural(done, 'step')}. Every topic is as it ought to be.\n`)
    return
  }
  const lines = open.map(({ topic, message }) => `${topic}: ${message}`)
  throw new ShitopsError('SHITOPS_E_TOPICS_LEFT', `${done} of ${plural(plan.steps.length, 'step')} done, and left: ${lines.join('; ')}`, {
    suggestions: ['shitops topic plan', 'shitops topic check'],
  })
}

async function cancel({ admin, source, observed }: Planned, { signal, print }: ApplyContext): Promise<unknown> {
  const cancelled = await cancelMoves(
    admin,
    source.desired.topics.map(({ name }) => name),
    { clock: systemClock, signal },
  )
  print(`${cancelled} moves taken back; their throttle is gone.\n`)
  return { cluster: observed.id, cancelled }
}

/** Bytes a second; null for `none`. */
function throttleOf(text: string): number | null {
  if (text === 'none') return null
  const rate = parseSize(text.replace(/\/s$/, ''))
  if (rate !== undefined && rate > 0) return rate
  throw new ShitopsError('SHITOPS_E_USAGE', `--throttle ${text}: bytes a second are given as ${SIZE_FORMS}, or none`, {
    suggestions: ['--throttle 50MiB/s'],
  })
}
