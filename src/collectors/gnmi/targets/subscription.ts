import { parseDuration } from '../../../base/duration.ts'
import type { Encoding, PathGroup, Subscription } from '../config.ts'
import { depthExtension } from '../request/extensions.ts'
import type { EncodingName, GroupSettings, SubscriptionSettings } from './settings.ts'

/** ms between samples where nobody says otherwise, as on the command line. */
const DEFAULT_SAMPLE_INTERVAL = 10_000

const STREAM_MODES = { sample: 'sample', 'on-change': 'on_change', 'target-defined': 'target_defined' } as const
const ENCODINGS = { auto: 'auto', json: 'JSON', bytes: 'BYTES', proto: 'PROTO', ascii: 'ASCII', json_ietf: 'JSON_IETF' } as const

/**
 * A subscription from its settings, which have passed the checks.
 * @param encoding of the target, where the subscription has none of its own
 */
export function subscriptionFrom(settings: SubscriptionSettings, encoding: EncodingName | number = 'auto'): Subscription {
  const { name, mode = 'stream', prefix, updatesOnly, qos, allowAggregation, models = [], polls } = settings
  const extension = depthExtension(settings.depth)
  const pollInterval = ms(settings.pollInterval)
  const staleAfter = ms(settings.staleAfter)
  return {
    name,
    mode,
    encoding: encodingFrom(settings.encoding ?? encoding),
    groups: groupsOf(settings).map((group) => groupFrom(group, mode)),
    ...(prefix !== undefined && { prefix }),
    ...(updatesOnly && { updatesOnly }),
    ...(qos !== undefined && { qos }),
    ...(allowAggregation && { allowAggregation }),
    ...(models.length > 0 && { models: models.map((model) => ({ name: model })) }),
    ...(extension && { extensions: [extension] }),
    ...(pollInterval !== undefined && { pollInterval }),
    ...(polls !== undefined && { polls }),
    ...(staleAfter !== undefined && { staleAfter }),
  }
}

/** Its groups; where there are none, its own paths are the only one. */
export function groupsOf(settings: SubscriptionSettings): GroupSettings[] {
  return settings.groups ?? [{ ...settings, paths: settings.paths ?? [] }]
}

/** How a group is sent: sampled, where it says nothing, as on the command line. */
export const streamModeOf = ({ streamMode = 'sample' }: Pick<GroupSettings, 'streamMode'>) => streamMode

function groupFrom(group: GroupSettings, mode: Subscription['mode']): PathGroup {
  const streamMode = STREAM_MODES[streamModeOf(group)]
  const { paths, suppressRedundant } = group
  if (mode !== 'stream') return { paths, mode: streamMode }
  const sampleInterval = ms(group.sampleInterval) ?? (streamMode === 'sample' ? DEFAULT_SAMPLE_INTERVAL : undefined)
  const heartbeatInterval = ms(group.heartbeatInterval)
  return {
    paths,
    mode: streamMode,
    ...(sampleInterval !== undefined && { sampleInterval }),
    ...(heartbeatInterval !== undefined && { heartbeatInterval }),
    ...(suppressRedundant && { suppressRedundant }),
  }
}

const encodingFrom = (encoding: EncodingName | number): Encoding | 'auto' => (typeof encoding === 'number' ? encoding : ENCODINGS[encoding])

const ms = (text: string | undefined) => (text === undefined ? undefined : parseDuration(text))
