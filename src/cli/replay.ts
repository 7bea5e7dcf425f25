import { randomBytes } from 'node:crypto'
import { systemClock } from '../base/clock.ts'
import { about, ShitopsError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { busIdentity } from '../bus/identity.ts'
import { DamageCount } from '../bus/ops/damage-count.ts'
import { resolveRange, type TopicRange } from '../bus/ops/range.ts'
import { destinationOf } from '../bus/ops/replay/redrive.ts'
import { type ReplayRequest, type ReplaySummary, replay } from '../bus/ops/replay/replay.ts'
import { rewriter } from '../bus/ops/replay/rewrite.ts'
import { CountingTarget, SinkTarget } from '../bus/ops/replay/sink-target.ts'
import { type Retime, replayToBus, type ToBusSummary } from '../bus/ops/replay/to-bus.ts'
import { topicOffsets } from '../bus/ops/topic-lookup.ts'
import { parsePosition } from '../bus/position.ts'
import { paceOf } from './pace.ts'
import { recordFormat } from './record-format/format.ts'
import { doneText, Progress, plannedText, type ReplayPlan, startText } from './replay-view.ts'
import { type SelectionFlags, selectionOf } from './selection.ts'
import { StreamSink } from './stream-sink.ts'

export interface ReplayFlags extends SelectionFlags {
  from?: string | undefined
  to?: string | undefined
  partition?: number[] | undefined
  max?: number | undefined
  toTopic?: string | undefined
  toBus?: string | undefined
  redrive: boolean
  validate: boolean
  create: boolean
  speed?: string | undefined
  rate?: string | undefined
  retime: Retime
  allow: readonly string[]
  deny: readonly string[]
  output: 'ndjson' | 'raw'
  yes: boolean
  dryRun: boolean
  json: boolean
  resume?: string | undefined
  token?: string | undefined
  utc: boolean
}

export interface ReplayContext {
  /** The URL of the source, before it is opened. */
  sourceUrl(): Promise<string>
  openSource(options: { readOnly: boolean }): Promise<Bus>
  openTarget(url: string): Promise<Bus>
  stdout: NodeJS.WriteStream
  logger: Logger
  signal: AbortSignal
  /** ms since the epoch */
  now: number
}

/** What the flags come to before any bus is open; SHITOPS_E_USAGE, SHITOPS_E_POSITION, SHITOPS_E_FILTER. */
function prepare(topic: string, flags: ReplayFlags, { signal, now, damage }: Run) {
  const from = parsePosition(flags.from ?? 'start', now, 'from')
  const to = parsePosition(flags.to ?? 'end', now, 'to')
  const base: Omit<ReplayRequest, 'range'> = {
    matches: selectionOf(flags, now),
    max: flags.max,
    pace: paceOf(flags),
    signal,
    clock: systemClock,
    damage,
  }
  const range = (bus: Bus) => resolveRange(bus, { topic, partitions: flags.partition, from, to })
  return { base, range }
}

export interface ReplayOutcome {
  result: ReplayPlan | ReplaySummary
  /** For standard output. */
  text: string
  /** For standard error. */
  note: string
  /** What could be read was replayed, but not everything could: SHITOPS_E_BUS_CORRUPT. */
  failure: ShitopsError | undefined
}

/** A run, with its account of damage. */
type Run = ReplayContext & { damage: DamageCount }

/** What the flags ask for: count, replay into a bus, or to standard output. */
export async function runReplay(topic: string, flags: ReplayFlags, context: ReplayContext): Promise<ReplayOutcome> {
  const damage = new DamageCount()
  const run = { ...context, damage }
  if (flags.dryRun) {
    const plan = await planReplay(topic, flags, run)
    return { result: plan, text: plannedText(plan, flags.utc), note: '', failure: damage.error() }
  }
  const began = systemClock.now()
  const result = await (intoBus(flags) ? replayIntoBus : replayIntoStdout)(topic, flags, run)
  return { result, text: '', note: doneText(result, systemClock.now() - began, flags.utc), failure: damage.error() }
}

const STDOUT = '-'
const intoBus = ({ toTopic, toBus, redrive }: ReplayFlags) =>
  toTopic !== STDOUT && (toTopic ?? toBus ?? (redrive || undefined)) !== undefined

async function replayIntoBus(topic: string, flags: ReplayFlags, context: Run): Promise<ToBusSummary> {
  const { logger } = context
  const { base, range } = prepare(topic, flags, context)
  const token = tokenOf(flags)
  const toTopic = flags.toTopic ?? topic
  const { source, target } = await openBuses(topic, toTopic, flags, context)
  const progress = new Progress(logger, systemClock)
  return replayToBus(source, {
    ...base,
    topic,
    range: () => warned(range(source), logger),
    target,
    toTopic,
    redrive: flags.redrive,
    validate: flags.validate,
    create: flags.create,
    token,
    resume: flags.resume !== undefined,
    retime: flags.retime,
    headers: { allow: flags.allow, deny: flags.deny },
    selection: [flags.key, flags.header, flags.grep, flags.filter, flags.partition],
    onStart: (start) => logger.info(startText(start, flags.redrive ? 'their topics' : toTopic)),
    onProgress: (summary) => progress.tell(summary),
  })
}

async function replayIntoStdout(topic: string, flags: ReplayFlags, context: Run): Promise<ReplaySummary> {
  if (flags.json) throw unfit('standard output has the records, so there is no room for --json', ['--to-topic TOPIC', '--dry-run --json'])
  if (flags.resume ?? flags.token) throw unfit('standard output keeps no position, so there is nothing to resume', ['--to-topic TOPIC'])
  const { base, range } = prepare(topic, flags, context)
  const source = await context.openSource({ readOnly: true })
  const sink = new StreamSink(context.stdout, await recordFormat({ output: flags.output, topics: false, header: false, utc: flags.utc }))
  const rewrite = rewriter({ allow: flags.allow, deny: flags.deny, redrive: flags.redrive, time: timeOf(flags.retime) })
  return replay(source, { ...base, range: await warned(range(source), context.logger) }, new SinkTarget(sink, rewrite))
}

async function planReplay(topic: string, flags: ReplayFlags, context: Run): Promise<ReplayPlan> {
  const { base, range } = prepare(topic, flags, context)
  const source = await context.openSource({ readOnly: true })
  const destination = intoBus(flags) ? (flags.toTopic ?? topic) : 'standard output'
  const target = new CountingTarget(flags.redrive ? destinationOf : () => destination)
  const request: ReplayRequest = { ...base, range: await warned(range(source), context.logger), pace: { kind: 'max' } }
  const summary = await replay(source, request, target)
  // On another bus the run itself says so: looking there would make an embedded one.
  if (!flags.create && flags.toBus === undefined && intoBus(flags)) {
    for (const name of target.topics.keys()) await topicOffsets(source, name)
  }
  return { topic, destinations: Object.fromEntries(target.topics), bus: flags.toBus ?? null, ...summary, pace: base.pace }
}

/** Source and destination; the same bus is opened once. Writing into the topic that is read wants --yes. */
async function openBuses(
  topic: string,
  toTopic: string,
  flags: ReplayFlags,
  context: ReplayContext,
): Promise<{ source: Bus; target: Bus }> {
  const same = flags.toBus === undefined || busIdentity(flags.toBus) === busIdentity(await context.sourceUrl())
  if (same && !flags.redrive && toTopic === topic && !flags.yes) {
    throw new ShitopsError('SHITOPS_E_CONFIRM', `this would write the records of ${topic} into ${topic} on the same bus once more`, {
      suggestions: ['--to-topic OTHER', '--yes, if that is meant'],
    })
  }
  const source = await context.openSource({ readOnly: !same })
  return { source, target: same || flags.toBus === undefined ? source : await about('target', context.openTarget(flags.toBus)) }
}

const unfit = (message: string, suggestions: string[]) => new ShitopsError('SHITOPS_E_USAGE', message, { suggestions })

async function warned(resolving: Promise<TopicRange>, logger: Logger): Promise<TopicRange> {
  const range = await resolving
  for (const warning of range.warnings) logger.warn(warning)
  return range
}

function tokenOf({ resume, token }: ReplayFlags): string {
  const given = resume ?? token
  if (given === undefined) return randomBytes(4).toString('hex')
  if (/^[\w.-]{1,64}$/.test(given)) return given
  throw new ShitopsError('SHITOPS_E_USAGE', `"${given}" is not a token: letters, digits, "_", "-" and ".", at most 64`, {
    suggestions: [`--token ${given.replace(/[^\w.-]+/g, '-').slice(0, 64) || 'NAME'}`],
  })
}

function timeOf(retime: Retime): ((timestamp: number) => number) | undefined {
  if (retime === 'keep') return undefined
  if (retime === 'now') return () => systemClock.now()
  let shift: number | undefined
  return (timestamp) => {
    shift ??= systemClock.now() - timestamp
    return timestamp + shift
  }
}
