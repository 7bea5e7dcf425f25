import type { ObservedCluster } from '../../admin.ts'
import type { Plan } from '../steps.ts'
import { checkCopies } from './copies.ts'
import { type Finding, finding, type Severity } from './finding.ts'
import { checkLeaders } from './leaders.ts'
import { checkRacks } from './racks.ts'
import { checkSettings } from './settings.ts'
import { checkVersions } from './versions.ts'

export type { Finding, Severity } from './finding.ts'
export { checkGroups, type GroupCheck } from './groups.ts'

const differs = finding('differs', 'warning')
const obstacle = finding('cannot_be', 'error')

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/** Everything about a cluster that an operator would want to be told, the worst first. Pure. @param plan against the topics file */
export function check(cluster: ObservedCluster, plan: Plan): Finding[] {
  const physical = cluster.kind === 'embedded' ? [] : [checkCopies, checkRacks, checkLeaders, checkSettings, checkVersions]
  return sorted([...physical.flatMap((one) => one(cluster)), ...checkPlan(plan)])
}

export function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => RANK[a.severity] - RANK[b.severity])
}

function checkPlan({ steps, obstacles }: Plan): Finding[] {
  const topics = [...new Set(steps.flatMap((step) => ('topic' in step && step.kind !== 'follow' ? [step.topic] : [])))]
  return [
    ...topics.map((topic) => differs(topic, `is not as its file has it: ${kindsOf(topic, steps)}`, 'shitops topic plan')),
    ...obstacles.map(({ topic, message }) => obstacle(topic, message)),
  ]
}

const WORDS = {
  ...{ create: 'missing', config: 'settings', partitions: 'partitions', move: 'placement' },
  ...{ follow: 'moving', unthrottle: 'throttle', elect: 'leaders', delete: 'not wanted' },
} as const

const kindsOf = (topic: string, steps: Plan['steps']) =>
  [...new Set(steps.flatMap((step) => ('topic' in step && step.topic === topic ? [WORDS[step.kind]] : [])))].join(', ')
