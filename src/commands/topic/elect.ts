import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'
import { topicsArgs } from '../../cli/topics/flags.ts'

export default class TopicElect extends PrintCommand {
  static override summary = 'Let the preferred broker lead each partition again.'
  static override description =
    'After a broker was away others lead its partitions. Nothing is copied, and only copies in sync are elected.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> alerts --dry-run']
  static override args = topicsArgs
  static override flags = { 'dry-run': Flags.boolean({ summary: 'Say who would lead, and elect nobody.' }) }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicElect)
    const { electPreferred, formatElected } = await import('../../cli/topics/elect.ts')

    const bus = await this.openBus(flags, { readOnly: flags['dry-run'] })
    const elected = await electPreferred(bus, args.topics ?? [], flags['dry-run'])
    this.print(formatElected(elected))
    return elected
  }
}
