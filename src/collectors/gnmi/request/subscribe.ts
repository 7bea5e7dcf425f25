import { ShitopsError } from '../../../base/errors.ts'
import type { Encoding, GnmiTarget, PathGroup, Subscription } from '../config.ts'
import { requestPaths } from './paths.ts'

const LIST_MODES = { stream: 'STREAM', once: 'ONCE', poll: 'POLL' } as const
const STREAM_MODES = { sample: 'SAMPLE', on_change: 'ON_CHANGE', target_defined: 'TARGET_DEFINED' } as const
const NS_PER_MS = 1_000_000n

/**
 * The one SubscribeRequest of a stream, for proto-loader. Only what was asked for is in it (gNMI 3.5.1): no mode and no interval outside of
 * a stream, a sample interval with SAMPLE alone, a heartbeat with ON_CHANGE and with SAMPLE that leaves out what has not changed.
 * @throws SHITOPS_E_USAGE for what no target could take
 */
export function subscribeRequest(target: Pick<GnmiTarget, 'prefixTarget'>, subscription: Subscription, encoding: Encoding): object {
  const { mode, groups, prefix, updatesOnly, qos, allowAggregation, models, extensions = [] } = subscription
  const texts = groups.flatMap((group) => group.paths)
  if (texts.length === 0) throw usage('a subscription without a path', '--path /interfaces')
  const { prefix: prefixMessage, paths } = requestPaths({ paths: texts, prefix, target: target.prefixTarget })
  const fields = groups.flatMap((group) => group.paths.map(() => (mode === 'stream' ? streamFields(group) : {})))
  return {
    subscribe: {
      ...(prefixMessage && { prefix: prefixMessage }),
      subscription: paths.map((path, i) => ({ path, ...fields[i] })),
      mode: LIST_MODES[mode],
      encoding,
      ...(updatesOnly && { updates_only: true }),
      ...(qos !== undefined && { qos: { marking: qos } }),
      ...(allowAggregation && { allow_aggregation: true }),
      ...(models?.length && { use_models: models }),
    },
    ...(extensions.length > 0 && { extension: extensions }),
  }
}

function streamFields({ mode, sampleInterval, heartbeatInterval, suppressRedundant }: PathGroup): object {
  if (mode !== 'sample' && sampleInterval !== undefined) throw usage(`a sample interval with ${mode}`, '--stream-mode sample')
  if (mode !== 'sample' && suppressRedundant)
    throw usage(`what is redundant is left out of samples; the mode is ${mode}`, '--stream-mode sample')
  if (heartbeatInterval !== undefined && mode === 'target_defined')
    throw usage('a heartbeat with target_defined', '--stream-mode on-change')
  if (heartbeatInterval !== undefined && mode === 'sample' && !suppressRedundant)
    throw usage('samples come at their interval; a heartbeat goes with --suppress-redundant', '--suppress-redundant')
  return {
    mode: STREAM_MODES[mode],
    ...(sampleInterval !== undefined && { sample_interval: nanoseconds(sampleInterval) }),
    ...(heartbeatInterval !== undefined && { heartbeat_interval: nanoseconds(heartbeatInterval) }),
    ...(suppressRedundant && { suppress_redundant: true }),
  }
}

const nanoseconds = (ms: number): string => String(BigInt(Math.round(ms)) * NS_PER_MS)

const usage = (what: string, next: string) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: [next] })
