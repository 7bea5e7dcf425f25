import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class TopicList extends PrintCommand {
  static override summary = 'List topics: partitions, records, size, retention.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --output csv --no-header']
  static override flags = listFlags

  async run(): Promise<unknown> {
    const { flags } = await this.parse(TopicList)
    const { listTopics } = await import('../../bus/ops/topics.ts')
    const { noneSeen } = await import('../../cli/none-seen.ts')
    const { formatList } = await import('../../cli/list-output.ts')
    const { TOPIC_COLUMNS } = await import('../../cli/topic-view.ts')

    const bus = await this.openBus(flags, { readOnly: true })
    const topics = await listTopics(bus)
    this.print(formatList(topics, TOPIC_COLUMNS, flags, { topics }, process.stdout))
    const next = this.onTypedBus('Next: shitops topic create --all, or shitops demo.')
    if (topics.length === 0) this.logger(flags).info(`${noneSeen(bus, 'topic')} ${next}`)
    return { topics }
  }
}
