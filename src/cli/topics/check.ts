import { hasCode } from '../../base/errors.ts'
import type { Bus, PartitionOffsets } from '../../bus/bus.ts'
import { check, checkGroups, type Finding, type GroupCheck, sorted } from '../../bus/topics/check/index.ts'
import { plural } from '../amounts.ts'
import { paint } from '../color.ts'
import { makePlan, type PlanFlags } from './plan.ts'

export interface CheckFlags extends PlanFlags {
  'max-lag': number
}

export interface Checked {
  cluster: string
  file: string | null
  /** No error and no warning. */
  ok: boolean
  summary: { errors: number; warnings: number; notes: number }
  findings: Finding[]
}

/** Look for what is wrong, or would be with the next failure. */
export async function checkTopics(bus: Bus, topics: readonly string[] | undefined, flags: CheckFlags): Promise<Checked> {
  const { observed, source, plan } = await makePlan(bus, topics, flags)
  const chosen = (name: string) => !topics?.length || topics.includes(name)
  const seen = { ...observed, topics: observed.topics.filter(({ name }) => chosen(name)) }
  const groups = await groupChecks(bus, chosen)
  const findings = sorted([...check(seen, plan), ...checkGroups(groups, flags['max-lag'])])
  const count = (severity: Finding['severity']) => findings.filter((one) => one.severity === severity).length
  const summary = { errors: count('error'), warnings: count('warning'), notes: count('note') }
  return { cluster: observed.id, file: source.file, ok: summary.errors + summary.warnings === 0, summary, findings }
}

async function groupChecks(bus: Bus, chosen: (topic: string) => boolean): Promise<GroupCheck[]> {
  const checks: GroupCheck[] = []
  const known = new Map<string, PartitionOffsets[]>()
  for (const { group } of await bus.listGroups()) {
    const described = await bus.describeGroup(group)
    const own = described.offsets.filter(({ topic }) => chosen(topic))
    for (const topic of new Set(own.map((each) => each.topic))) {
      if (!known.has(topic)) known.set(topic, await offsetsOf(bus, topic))
    }
    checks.push({ group: { ...described, offsets: own }, offsets: known })
  }
  return checks
}

/** A topic that is gone has no offsets: the group's lag there is unknown. */
async function offsetsOf(bus: Bus, topic: string): Promise<PartitionOffsets[]> {
  try {
    return await bus.offsets(topic)
  } catch (error) {
    if (hasCode(error, 'SHITOPS_E_TOPIC_UNKNOWN')) return []
    throw error
  }
}

export function formatChecked({ cluster, ok, summary, findings }: Checked): string {
  const { errors, warnings, notes } = summary
  const color = { error: paint.error, warning: paint.warn, note: paint.dim } as const
  const lines = findings.flatMap(({ code, severity, subject, message, fix }) => [
    `${color[severity](severity.padEnd(7))}  ${subject}: ${message} (${code})`,
    ...(fix === null ? [] : [paint.dim(`         Try: ${fix}`)]),
  ])
  const counts = [plural(errors, 'error'), plural(warnings, 'warning'), plural(notes, 'note')].join(', ')
  const verdict = ok ? paint.good(`All is well on ${cluster}`) : `${cluster} needs attention`
  return `${[...lines, ...(lines.length > 0 ? [''] : []), `${verdict}: ${counts}.`].join('\n')}\n`
}
