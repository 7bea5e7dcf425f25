import { Flags } from '@oclif/core'
import type { Bus } from '../../bus/bus.ts'
import type { MirrorReport } from '../../bus/kafka/mirror/report.ts'
import { PrintCommand } from '../../cli/print-command.ts'
import { topicsArgs, topicsFileFlags } from '../../cli/topics/flags.ts'

const MIRROR = 'MIRROR'
/** Records that a group may be behind on a topic, unless --max-lag says otherwise. */
const MAX_LAG = 100_000

interface MirrorFlags {
  'mirror-source'?: string | undefined
  'mirror-target'?: string | undefined
  'max-lag'?: number | undefined
}

export default class TopicCheck extends PrintCommand {
  static override summary = 'Look for what is unsafe: copies, racks, leaders, lag.'
  static override description = `Exits with 0 where there is nothing but notes, and with 3 where there is an error or a warning.

With --mirror the topics are compared with their copies by MirrorMaker 2 on another cluster instead: what is missing, how far behind, where groups would go on.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --max-lag 10000 --json',
    '<%= config.bin %> <%= command.id %> --bus kafka://localhost:9092 --mirror kafka://localhost:9093',
  ]
  static override args = topicsArgs
  static override targetFlag = 'mirror'
  static override flags = {
    ...topicsFileFlags,
    'max-lag': Flags.integer({ summary: 'Records that a group may be behind (100,000), a mirror (1,000).', helpValue: 'N', min: 0 }),
    mirror: Flags.string({ summary: 'Cluster that MirrorMaker 2 copies to.', helpValue: 'URL', helpGroup: MIRROR }),
    'mirror-source': Flags.string({
      summary: 'Alias of --bus in mm2.properties; default: as its topics say.',
      helpValue: 'ALIAS',
      helpGroup: MIRROR,
      dependsOn: ['mirror'],
    }),
    'mirror-target': Flags.string({
      summary: 'Alias of --mirror there.',
      helpValue: 'ALIAS',
      helpGroup: MIRROR,
      dependsOn: ['mirror'],
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicCheck)
    const source = await this.openBus(flags, { readOnly: true })
    if (flags.mirror !== undefined) return this.#checkMirror(source, flags.mirror, args.topics, flags)
    const { EXIT } = await import('../../base/errors.ts')
    const { checkTopics, formatChecked } = await import('../../cli/topics/check.ts')

    const checked = await checkTopics(source, args.topics, { ...flags, 'max-lag': flags['max-lag'] ?? MAX_LAG })
    this.print(formatChecked(checked))
    if (!checked.ok) process.exitCode = EXIT.found
    return checked
  }

  async #checkMirror(source: Bus, url: string, topics: readonly string[] | undefined, flags: MirrorFlags): Promise<MirrorReport> {
    const { about } = await import('../../base/errors.ts')
    const { systemClock } = await import('../../base/clock.ts')
    const { checkMirror } = await import('../../bus/kafka/mirror/check.ts')
    const { describeTopic } = await import('../../bus/ops/topics.ts')
    const { exitOfMirror, formatMirror } = await import('../../cli/topics/mirror-check.ts')

    // Left out of the list may be what is not there, and what may not be seen: neither is "nothing found".
    for (const topic of topics ?? []) await describeTopic(source, topic)
    const target = await about('target', this.openBus({ ...flags, bus: url }, { readOnly: true }))
    const report = await checkMirror({
      ...{ source, target, clock: systemClock },
      ...{ sourceAlias: flags['mirror-source'], targetAlias: flags['mirror-target'], maxLag: flags['max-lag'] },
      ...(topics && topics.length > 0 && { wants: (topic: string) => topics.includes(topic) }),
    })
    this.print(formatMirror(report, { output: 'table', 'no-header': false, 'no-trunc': false }, process.stdout))
    process.exitCode = exitOfMirror(report)
    return report
  }
}
