import type { Clock } from '../../../base/clock.ts'
import { ShitopsError } from '../../../base/errors.ts'
import type { Bus } from '../../bus.ts'
import { isThere } from '../../ops/topics-there.ts'
import { checkGroups } from './groups.ts'
import { isMirrored, mirrorOf, type Naming, sourcesSeen, targetsSeen } from './naming.ts'
import type { MirrorFinding, MirrorReport } from './report.ts'
import { mirrorState } from './state.ts'
import { checkTopic } from './topics.ts'

export interface MirrorCheckOptions {
  source: Bus
  target: Bus
  /** Aliases as mm2.properties has them; read off MirrorMaker's topics when absent. */
  sourceAlias?: string | undefined
  targetAlias?: string | undefined
  policy?: Naming['policy'] | undefined
  separator?: string | undefined
  /** Topics of the source that are to be mirrored, of those MirrorMaker would take; all when absent. */
  wants?(topic: string): boolean
  /** More records behind than this is a finding; default 1,000. */
  maxLag?: number | undefined
  /** No sign of life for longer than this is a finding, ms; default 30,000. */
  maxSilenceMs?: number | undefined
  clock: Clock
}

const MAX_LAG = 1_000
const MAX_SILENCE_MS = 30_000

/**
 * Compare a cluster with its mirror by MirrorMaker 2: what is missing there, how far it is behind, and where groups would go on.
 * Reads both clusters and writes to neither.
 * @throws SHITOPS_E_USAGE where the aliases cannot be told from the topics
 */
export async function checkMirror(options: MirrorCheckOptions): Promise<MirrorReport> {
  const { source, target, clock, wants = () => true, maxLag = MAX_LAG, maxSilenceMs = MAX_SILENCE_MS } = options
  const there = { source: await source.listTopics(), target: await target.listTopics() }
  const naming = namingOf(options, there)
  const state = await mirrorState(source, target, naming)
  const silentMs = state.heartbeat === null ? null : Math.max(0, clock.now() - state.heartbeat)
  const findings: MirrorFinding[] = silentMs === null || silentMs > maxSilenceMs ? [silent(naming, silentMs)] : []
  const topics = []
  for (const topic of there.source.filter((name) => isMirrored(name, naming) && wants(name)).sort()) {
    const mirror = mirrorOf(topic, naming)
    const checked = await checkTopic({
      source,
      target,
      topic,
      mirror,
      isThere: there.target.includes(mirror) || (await isThere(target, mirror)),
      state,
      maxLag,
    })
    topics.push(checked.topic)
    findings.push(...checked.findings)
  }
  const groups = await checkGroups({ source, target, topics, state })
  return { naming, silentMs, topics, groups: groups.groups, findings: [...findings, ...groups.findings] }
}

function namingOf(options: MirrorCheckOptions, there: { source: string[]; target: string[] }): Naming {
  const { policy = 'default', separator = '.' } = options
  const source = options.sourceAlias ?? only(sourcesSeen(there.target, separator), 'source', options.target)
  const target = options.targetAlias ?? only(targetsSeen(there.source, separator), 'target', options.source)
  return { source, target, policy, separator }
}

function only(aliases: readonly string[], which: string, bus: Bus): string {
  const [alias] = aliases
  if (alias !== undefined && aliases.length === 1) return alias
  const found = aliases.length === 0 ? 'no topic of MirrorMaker says' : `${aliases.join(' and ')} are named by topics`
  throw new ShitopsError('SHITOPS_E_USAGE', `the alias of the ${which} cluster is not known: ${found} at ${bus.url}`, {
    suggestions: [`--mirror-${which} ALIAS, as mm2.properties has it under clusters=`, 'check that MirrorMaker runs and has begun'],
  })
}

function silent({ source, target }: Naming, silentMs: number | null): MirrorFinding {
  const since = silentMs === null ? 'has never given a sign of life' : `has not given a sign of life for ${Math.round(silentMs / 1000)} s`
  return {
    ...{ problem: 'silent', severity: 'error', subject: `${source} -> ${target}` },
    message: `MirrorMaker from ${source} to ${target} ${since}`,
    advice: 'see that it runs, and that emit.heartbeats.enabled is not false',
  }
}
