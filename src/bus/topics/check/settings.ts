import type { ObservedCluster, ObservedTopic } from '../../admin.ts'
import { CLEANUP, UNCLEAN } from '../desired.ts'
import { leftThrottles } from '../throttles.ts'
import { type Finding, finding } from './finding.ts'

const unclean = finding('unclean_election', 'warning')
const oldFormat = finding('old_message_format', 'warning')
const throttled = finding('throttle_left', 'warning')
const autoCreate = finding('auto_create', 'note')
const keyless = finding('compacted_by_time', 'note')
const fenced = finding('broker_down', 'error')
const silent = finding('broker_silent', 'warning')
const full = finding('disk_full', 'warning')
const hidden = finding('broker_settings_hidden', 'note')

/** Free space below this share of what a broker holds is soon used up. */
const LITTLE = 0.1
const MESSAGE_FORMAT = 'message.format.version'

/** Settings that lose records, or hold the cluster back. */
export function checkSettings(cluster: ObservedCluster): Finding[] {
  return [...cluster.topics.flatMap(checkTopic), ...checkThrottles(cluster), ...checkBrokers(cluster)]
}

function checkTopic({ name, internal, config }: ObservedTopic): Finding[] {
  const findings: Finding[] = []
  if (config[UNCLEAN] === 'true') {
    findings.push(
      unclean(name, `${UNCLEAN}=true: a copy that lacks records may become the leader, and they are lost`, 'shitops topic plan'),
    )
  }
  const format = config[MESSAGE_FORMAT]
  if (format !== undefined && /^0\.(8|9|10)\b/.test(format)) {
    findings.push(oldFormat(name, `${MESSAGE_FORMAT}=${format} has no headers, and Kafka 4 does not read it`, 'rewrite the topic'))
  }
  const policy = config[CLEANUP] ?? ''
  if (!internal && policy.includes('compact') && policy.includes('delete')) {
    findings.push(keyless(name, `${CLEANUP}=${policy}: the last record of a key goes too, once it is old`))
  }
  return findings
}

function checkThrottles(cluster: ObservedCluster): Finding[] {
  return leftThrottles(cluster).flatMap(({ topics, brokers }) => {
    const where = [...topics.map((name) => `topic ${name}`), ...brokers.map((id) => `broker ${id}`)].join(', ')
    return [
      throttled(
        'cluster',
        `a throttle was left behind on ${where}: copies that fall behind catch up slowly`,
        'shitops topic apply takes it away',
      ),
    ]
  })
}

function checkBrokers({ kind, brokers }: ObservedCluster): Finding[] {
  if (kind === 'embedded') return []
  const findings = brokers.flatMap(({ id, host, port, fenced: down, bytes, freeBytes, versions }): Finding[] => {
    const subject = `broker ${id}`
    if (down) return [fenced(subject, `${host}:${port} is registered, but down`, 'start it')]
    if (versions === null) return [silent(subject, `${host}:${port} cannot be asked`, 'shitops doctor')]
    if (bytes !== null && freeBytes !== null && freeBytes < LITTLE * bytes)
      return [full(subject, 'its disks are almost full', 'add disks, or shorten retention')]
    return []
  })
  const unseen = brokers.filter(({ settings, versions }) => versions !== null && Object.keys(settings).length === 0)
  if (unseen.length > 0) {
    const who = unseen.map(({ id }) => id).join(', ')
    findings.push(
      hidden(
        'cluster',
        `settings of broker ${who} may not be seen: whether throttles were left there, or it makes topics by itself, is not known`,
        'ask the cluster administrator for the ACL "DescribeConfigs Cluster"',
      ),
    )
  }
  const creating = brokers.filter(({ settings }) => settings['auto.create.topics.enable'] === 'true')
  if (creating.length > 0) {
    findings.push(
      autoCreate('cluster', 'auto.create.topics.enable=true: a misspelt name makes a topic', 'set it to false in server.properties'),
    )
  }
  return findings
}
