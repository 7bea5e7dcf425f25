import type { ChannelName } from '../../live/protocol.ts'
import { HEADSET_TOPICS } from './small-teams.ts'
import { placedTopics } from './topics.ts'

type Value = Record<string, unknown>

/** Which channel an insight's rows belong to, by the insight's name; a name that is not known belongs to operations. */
export type InsightChannels = ReadonlyMap<string, ChannelName>

/** Who is told what does not say so itself. */
export interface ChannelsOf {
  readonly insights: InsightChannels
  /** Of the alert with that fingerprint, where it is there: null is nobody. */
  alerts(fingerprint: string): ChannelName | null | undefined
  /** Whether a built-in insight that draws on headsets raised it. */
  isOfHeadsets(value: Value): boolean
  /** Whether it is about so few people that the channel finance is not told (small-teams.ts). */
  isOfSmallTeam(value: Value): boolean
}

/**
 * A record's value as a channel may see it; undefined for one that is none of its business. What is left out here is never filtered on, kept or
 * sent: a filter sees what the channel sees.
 */
export function project(
  channel: ChannelName,
  topic: string,
  value: Value,
  { insights, alerts, isOfHeadsets, isOfSmallTeam }: ChannelsOf,
): Value | undefined {
  const told = (owner: string | null) =>
    owner === channel && !(channel === 'finance' && isOfSmallTeam(value))
      ? withHiders(channel, withEvidence(channel, value, isOfHeadsets(value)), alerts)
      : undefined
  switch (topic) {
    case 'alerts':
      return told(String(value.channel ?? 'operations'))
    case 'alert_log': {
      const owner = alerts(String(value.fingerprint))
      return told(owner === undefined ? (insights.get(String(value.alert_name)) ?? 'operations') : owner)
    }
    case 'alert_acks':
    case 'alert_inhibitions': {
      const owner = alerts(String(value.fingerprint))
      return (owner === undefined ? 'operations' : owner) === channel ? withHiders(channel, value, alerts) : undefined
    }
    // Both must be able to tell why an alert is quiet.
    case 'alert_silences':
      return value
    case 'insights':
      return told(insights.get(String(value.insight)) ?? 'operations')
    case 'workflow_events':
      return channel === 'finance' ? value : undefined
    case 'device_metrics':
      return channel === 'operations' ? deviceMetric(value) : undefined
    default:
      return channel === 'operations' && topic.startsWith('librenms_') ? value : undefined
  }
}

/**
 * Records of the other channel's topics are not shown by way of evidence; a pointer into them is no use to who may not read them. The headset topics are
 * in no channel, but what finance is told of a team that is large enough it is told with the values that it rests on: a built-in insight cites of a record
 * what its summary says as well. What another cites nobody knows.
 */
function withEvidence(channel: ChannelName, value: Value, ofHeadsets: boolean): Value {
  const { evidence } = value
  if (!Array.isArray(evidence)) return value
  const seen = [...placedTopics(channel), ...(channel === 'finance' && ofHeadsets ? HEADSET_TOPICS : [])]
  const kept = evidence.filter((each: unknown) => seen.includes(String((each as Value | null)?.topic)))
  if (kept.length === evidence.length) return value
  const { evidence: _, ...rest } = value
  return kept.length === 0 ? rest : { ...rest, evidence: kept }
}

/**
 * Alerts that hide another may be of the other channel, or kept from finance: a fingerprint is a hash of names that can be guessed, so what is told
 * of those is only where they are seen.
 */
function withHiders(channel: ChannelName, value: Value, alerts: ChannelsOf['alerts']): Value {
  const { inhibited_by: hiders } = value
  return Array.isArray(hiders) && hiders.length > 0 ? { ...value, inhibited_by: hidersSeen(channel, hiders, alerts) } : value
}

/** Fingerprints of a channel's own alerts; of others, once, the channel that they are of, and `withheld` to finance for its own that it may not see. */
export function hidersSeen(channel: ChannelName, fingerprints: readonly unknown[], alerts: ChannelsOf['alerts']): string[] {
  const seen = fingerprints.map((each) => {
    const owner = alerts(String(each))
    // As with the alerts themselves: one that is not known is of operations.
    if ((owner === undefined ? 'operations' : owner) === channel) return String(each)
    return owner === null ? (channel === 'finance' ? 'withheld' : 'finance') : (owner ?? 'operations')
  })
  return [...new Set(seen)]
}

/** A wearable's samples are about a body, not about a device; of a laptop it is nobody's business here whose it is. */
function deviceMetric(value: Value): Value | undefined {
  if (value.role === 'wearable') return undefined
  if (!('person' in value)) return value
  const { person: _, ...rest } = value
  return rest
}

/** What of a record is the newest of its kind: the key, and of a sample its series. */
export function slotOf(topic: string, key: string, value: Value | null): string {
  if (topic !== 'device_metrics' || value === null) return `${topic}\0${key}`
  const labels = value.labels === undefined ? '' : JSON.stringify(value.labels)
  return `${topic}\0${key}\0${String(value.metric)}\0${String(value.instance)}\0${labels}`
}
