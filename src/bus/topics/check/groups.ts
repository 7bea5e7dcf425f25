import { plural } from '../../../base/plural.ts'
import type { GroupDescription, PartitionOffsets } from '../../bus.ts'
import { type Finding, finding } from './finding.ts'

const lagging = finding('group_lag', 'warning')
const expired = finding('group_expired', 'error')
const unknown = finding('group_lag_unknown', 'note')

export interface GroupCheck {
  group: GroupDescription
  /** Of the topics that it reads. */
  offsets: ReadonlyMap<string, readonly PartitionOffsets[]>
}

/** Readers that fall behind, and readers whose next record retention has taken. @param maxLag records, over all partitions of a topic */
export function checkGroups(checks: readonly GroupCheck[], maxLag: number): Finding[] {
  return checks.flatMap(({ group, offsets }) => {
    const subject = `group ${group.group}`
    const findings: Finding[] = []
    for (const topic of new Set(group.offsets.map((each) => each.topic))) {
      const own = group.offsets.filter((each) => each.topic === topic)
      const lags = own.flatMap(({ lag }) => lag ?? [])
      const lag = lags.reduce((sum, one) => sum + one, 0)
      const gone = own.filter(
        ({ partition, committed }) => committed !== null && committed < (offsets.get(topic)?.[partition]?.earliest ?? 0),
      )
      if (lag > maxLag)
        findings.push(
          lagging(subject, `${plural(lag, 'record')} of ${topic} not read, more than ${maxLag}`, `shitops group describe ${group.group}`),
        )
      if (gone.length > 0) {
        const missed = gone.reduce(
          (sum, { partition, committed }) => sum + ((offsets.get(topic)?.[partition]?.earliest ?? 0) - (committed ?? 0)),
          0,
        )
        findings.push(
          expired(
            subject,
            `${plural(missed, 'record of', 'records of')} ${topic} ${missed === 1 ? 'was deleted before it read it' : 'were deleted before it read them'}`,
            `shitops group reset ${group.group}`,
          ),
        )
      }
      if (lags.length < own.length && lags.length === 0)
        findings.push(unknown(subject, `its lag on ${topic} is not known: it never committed`))
    }
    return findings
  })
}
