import { Flags } from '@oclif/core'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { PathGroup, Subscription } from '../../collectors/gnmi/config.ts'
import { parseEncoding } from '../../collectors/gnmi/request/encoding.ts'
import { depthExtension, type ExtensionMessage, historyExtension } from '../../collectors/gnmi/request/extensions.ts'
import { MAX_SIZE } from '../../collectors/gnmi/targets/limits.ts'

const SUBSCRIPTION = 'SUBSCRIPTION'
const STREAM_MODES = ['sample', 'on-change', 'target-defined'] as const

/** What is asked of the targets that `--address` names. `subscriptionOf` reads them. */
export const subscriptionFlags = {
  path: Flags.string({
    summary: 'A path to subscribe to; may be repeated.',
    helpValue: 'PATH',
    helpGroup: SUBSCRIPTION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  prefix: Flags.string({ summary: 'Path that all others continue.', helpValue: 'PATH', helpGroup: SUBSCRIPTION }),
  mode: Flags.option({
    summary: 'A stream, the state once, or the state at each poll.',
    helpGroup: SUBSCRIPTION,
    options: ['stream', 'once', 'poll'] as const,
    default: 'stream' as const,
  })(),
  'stream-mode': Flags.option({
    summary: 'How a stream sends the paths of --path.',
    helpGroup: SUBSCRIPTION,
    options: STREAM_MODES,
    default: 'sample' as const,
  })(),
  'on-change': Flags.string({
    summary: 'A path to be sent when it changes, in the same stream; may be repeated.',
    helpValue: 'PATH',
    helpGroup: SUBSCRIPTION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'target-defined': Flags.string({
    summary: 'A path to be sent as the target thinks best, in the same stream; may be repeated.',
    helpValue: 'PATH',
    helpGroup: SUBSCRIPTION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  'sample-interval': Flags.string({
    summary: 'Between two samples, 10s unless said otherwise; 0s is as fast as the target can.',
    helpValue: 'TIME',
    helpGroup: SUBSCRIPTION,
  }),
  'heartbeat-interval': Flags.string({
    summary: 'Send at least so often, changed or not.',
    helpValue: 'TIME',
    helpGroup: SUBSCRIPTION,
  }),
  'suppress-redundant': Flags.boolean({ summary: 'Samples leave out what has not changed.', helpGroup: SUBSCRIPTION }),
  'updates-only': Flags.boolean({ summary: 'Without the initial state.', helpGroup: SUBSCRIPTION }),
  encoding: Flags.string({
    summary: 'auto (the best that the target names), json, json_ietf, proto, bytes, ascii, or a number.',
    helpValue: 'NAME',
    helpGroup: SUBSCRIPTION,
    default: 'auto',
  }),
  'poll-interval': Flags.string({
    summary: 'Between an answer and the next poll.',
    helpValue: 'TIME',
    helpGroup: SUBSCRIPTION,
    default: '10s',
  }),
  polls: Flags.integer({ summary: 'End after so many polls, beside the initial state.', helpValue: 'N', helpGroup: SUBSCRIPTION, min: 0 }),
  'stale-after': Flags.string({
    summary: 'Take a silent stream for dead after this long; three intervals unless said otherwise, 0s: never.',
    helpValue: 'TIME',
    helpGroup: SUBSCRIPTION,
  }),
  name: Flags.string({
    summary: 'Name of the subscription in records and events.',
    helpValue: 'NAME',
    helpGroup: SUBSCRIPTION,
    default: 'default',
  }),
  qos: Flags.integer({ summary: 'DSCP of what the target sends.', helpValue: 'N', helpGroup: SUBSCRIPTION, min: 0, max: 63 }),
  'allow-aggregation': Flags.boolean({ summary: 'The target may put leaves together.', helpGroup: SUBSCRIPTION }),
  model: Flags.string({
    summary: 'Only of this YANG model; may be repeated.',
    helpValue: 'NAME',
    helpGroup: SUBSCRIPTION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  depth: Flags.integer({ summary: 'So many levels below each path (extension).', helpValue: 'N', helpGroup: SUBSCRIPTION, min: 0 }),
  'history-snapshot': Flags.string({
    summary: 'The state at that time, with --mode once (extension).',
    helpValue: 'TIME',
    helpGroup: SUBSCRIPTION,
  }),
  'history-start': Flags.string({ summary: 'What happened since then (extension).', helpValue: 'TIME', helpGroup: SUBSCRIPTION }),
  'history-end': Flags.string({ summary: 'And until then; now unless said otherwise.', helpValue: 'TIME', helpGroup: SUBSCRIPTION }),
}

/** The subscription flags as they were typed. */
export interface SubscriptionFlags {
  path?: string[] | undefined
  prefix?: string | undefined
  mode: 'stream' | 'once' | 'poll'
  'stream-mode': (typeof STREAM_MODES)[number]
  'on-change'?: string[] | undefined
  'target-defined'?: string[] | undefined
  'sample-interval'?: string | undefined
  'heartbeat-interval'?: string | undefined
  'suppress-redundant'?: boolean | undefined
  'updates-only'?: boolean | undefined
  encoding: string
  'poll-interval': string
  polls?: number | undefined
  'stale-after'?: string | undefined
  name: string
  qos?: number | undefined
  'allow-aggregation'?: boolean | undefined
  model?: string[] | undefined
  depth?: number | undefined
  'history-snapshot'?: string | undefined
  'history-start'?: string | undefined
  'history-end'?: string | undefined
}

const DEFAULT_SAMPLE_INTERVAL = 10_000

/**
 * The subscription that the flags ask for.
 * @param now ms since the epoch, for times before it
 * @throws SHITOPS_E_USAGE
 */
export function subscriptionOf(flags: SubscriptionFlags, now: number): Subscription {
  const { mode, polls, qos, model = [], prefix } = flags
  const staleAfter = timeOf('--stale-after', flags['stale-after'])
  const pollInterval = timeOf('--poll-interval', flags['poll-interval'])
  const extensions = extensionsOf(flags, now)
  return {
    name: flags.name,
    mode,
    encoding: parseEncoding(flags.encoding),
    groups: groupsOf(flags),
    ...(prefix !== undefined && { prefix }),
    ...(flags['updates-only'] && { updatesOnly: true }),
    ...(qos !== undefined && { qos }),
    ...(flags['allow-aggregation'] && { allowAggregation: true }),
    ...(model.length > 0 && { models: model.map((name) => ({ name })) }),
    ...(extensions.length > 0 && { extensions }),
    ...(mode === 'poll' && pollInterval !== undefined && { pollInterval }),
    ...(mode === 'poll' && polls !== undefined && { polls }),
    ...(staleAfter !== undefined && { staleAfter }),
  }
}

function groupsOf(flags: SubscriptionFlags): PathGroup[] {
  const mode = flags['stream-mode'].replace('-', '_') as PathGroup['mode']
  const sampleInterval = timeOf('--sample-interval', flags['sample-interval'])
  const heartbeatInterval = timeOf('--heartbeat-interval', flags['heartbeat-interval'])
  const heartbeat = heartbeatInterval === undefined ? {} : { heartbeatInterval }
  const group = (texts: readonly string[] | undefined, how: PathGroup['mode'], more: Partial<PathGroup>): PathGroup[] =>
    texts?.length ? [{ paths: texts, mode: how, ...more }] : []
  const sampled =
    mode === 'sample'
      ? {
          sampleInterval: sampleInterval ?? DEFAULT_SAMPLE_INTERVAL,
          ...(flags['suppress-redundant'] && { suppressRedundant: true, ...heartbeat }),
        }
      : { ...(sampleInterval !== undefined && { sampleInterval }), ...(mode === 'on_change' && heartbeat) }
  return [
    ...group(flags.path, mode, sampled),
    ...group(flags['on-change'], 'on_change', heartbeat),
    ...group(flags['target-defined'], 'target_defined', {}),
  ]
}

function extensionsOf(flags: SubscriptionFlags, now: number): ExtensionMessage[] {
  const texts = { snapshot: flags['history-snapshot'], start: flags['history-start'], end: flags['history-end'] }
  const mode = flags.mode.toUpperCase() as 'STREAM' | 'ONCE' | 'POLL'
  return [historyExtension(texts, mode, now), depthExtension(flags.depth)].filter((extension) => extension !== undefined)
}

function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = text === '0' ? 0 : parseDuration(text)
  if (ms !== undefined && ms <= MAX_SIZE) return ms
  if (ms !== undefined) throw new ShitopsError('SHITOPS_E_USAGE', `${flag} ${text} is more than 24 days`, { suggestions: [`${flag} 24d`] })
  throw new ShitopsError('SHITOPS_E_USAGE', `${flag} "${text}" is no duration: ${DURATION_FORMS}`, { suggestions: [`${flag} 10s`] })
}
