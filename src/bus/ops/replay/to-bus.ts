import { about, hasCode, ShitopsError } from '../../../base/errors.ts'
import type { Bus } from '../../bus.ts'
import { busIdentity } from '../../identity.ts'
import { helpful, topicOffsets } from '../topic-lookup.ts'
import { BusTarget } from './bus-target.ts'
import { redriveRoute, topicOfDeadLetters, validatorsOf } from './redrive.ts'
import { type ReplayRequest, type ReplaySummary, replay } from './replay.ts'
import { type RewriteOptions, rewriter } from './rewrite.ts'
import { fingerprintOf, type ReplayState, remaining } from './state.ts'
import { takeToken } from './token.ts'

/** Times of the records written: as they were, all moved so that the first is now, or each the time it is written. */
export type Retime = 'keep' | 'shift' | 'now'

export interface ToBusRequest extends Omit<ReplayRequest, 'range'> {
  topic: string
  /** Resolved only when a new replay begins: a resumed one keeps its range. */
  range(): Promise<ReplayRequest['range']>
  target: Bus
  /** Another topic than the source; absent with `redrive`. */
  toTopic: string
  redrive: boolean
  /** With `redrive`: leave out letters that do not fit their topic's schema. */
  validate: boolean
  /** Create `toTopic` like the source where it is not there. */
  create: boolean
  token: string
  resume: boolean
  retime: Retime
  headers: Pick<RewriteOptions, 'allow' | 'deny'>
  /** The selection as it was written, to tell this replay from others. */
  selection: readonly unknown[]
  /** Before the first record; `left` counts offsets, of which the selection may take fewer. */
  onStart?(start: { token: string; resumed: boolean; left: number }): void
}

export interface ToBusSummary extends ReplaySummary {
  token: string
  resumed: boolean
  /** Over all runs of the token. */
  total: { records: number; bytes: number }
}

/** Replay into a bus, exactly once: records and position are written together under the token, which a later run goes on with. */
export async function replayToBus(source: Bus, request: ToBusRequest): Promise<ToBusSummary> {
  const { topic, target, toTopic, redrive, token, clock } = request
  const partitions = (await topicOffsets(source, topic)).length
  const anchor = await anchorOf(source, request)
  const fingerprint = fingerprintOf([
    busIdentity(source.url),
    topic,
    busIdentity(target.url),
    toTopic,
    redrive,
    request.retime,
    request.headers,
    request.selection,
  ])
  const begin = async () => (await about('source', request.range())).partitions
  const taking = takeToken(target, { token, mustExist: request.resume, anchor, fingerprint, begin })
  const { state, resumed } = await about('target', taking)
  const range = { topic, partitions: remaining(state), warnings: [] }
  const topics = redrive ? await about('target', target.listTopics()) : []
  const validators = request.validate ? await validatorsOf(topics) : new Map()
  const bus = new BusTarget({
    bus: target,
    token,
    state,
    anchor,
    route: redrive ? redriveRoute(new Set(topics), validators) : () => toTopic,
    keepsPartition: () => !redrive && anchor.partitions === partitions,
    rewrite: rewriter({ ...request.headers, redrive, time: timeOf(request, state) }),
  })
  const max = request.max === undefined ? undefined : request.max - state.written
  const left = range.partitions.reduce((sum, { from, to = from }) => sum + to - from, 0)
  request.onStart?.({ token, resumed, left: Math.min(left, max ?? left) })
  const summary = await replay(source, { ...request, range, max, clock }, bus)
  return { ...summary, token, resumed, total: { records: state.written, bytes: state.bytes } }
}

/** Where the position is kept: the destination; for a redrive, which may have many, the topic that the dead letters are of. */
async function anchorOf(source: Bus, request: ToBusRequest): Promise<{ topic: string; partitions: number }> {
  const { target, redrive, create } = request
  const topic = redrive ? topicOfDeadLetters(request.topic) : request.toTopic
  // A token to resume lies in a topic that is there: nothing is made for one that is not.
  if (create && !request.resume && !(await about('target', target.listTopics())).includes(topic)) {
    const { partitions, config } = await source.describeTopic(request.topic)
    await about('target', target.createTopic({ name: topic, partitions: partitions.length, config }))
  }
  const offsets = await about(
    'target',
    target.offsets(topic).catch((error) => withCreate(helpful(target, topic, error))),
  )
  return { topic, partitions: offsets.length }
}

async function withCreate(failure: Promise<never>): Promise<never> {
  return failure.catch((error) => {
    if (!hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) throw error
    throw new ShitopsError(error.code, error.message, {
      suggestions: [...error.suggestions, '--create makes it like the source'],
      cause: error,
    })
  })
}

function timeOf({ retime, clock }: ToBusRequest, state: ReplayState): RewriteOptions['time'] {
  if (retime === 'keep') return undefined
  if (retime === 'now') return () => clock.now()
  return (timestamp) => {
    state.shift ??= clock.now() - timestamp
    return timestamp + state.shift
  }
}
