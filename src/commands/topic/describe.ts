import { Args } from '@oclif/core'
import { listFlags } from '../../cli/list-flags.ts'
import { PrintCommand } from '../../cli/print-command.ts'

export default class TopicDescribe extends PrintCommand {
  static override summary = 'Show the partitions and settings of a topic.'
  static override examples = ['<%= config.bin %> <%= command.id %> device_metrics', '<%= config.bin %> <%= command.id %> alerts --json']
  static override args = { topic: Args.string({ description: 'the topic', required: true }) }
  static override flags = listFlags

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicDescribe)
    const { describeTopic } = await import('../../bus/ops/topics.ts')
    const { formatTopic } = await import('../../cli/topic-view.ts')

    const topic = await describeTopic(await this.openBus(flags, { readOnly: true }), args.topic)
    this.print(formatTopic(topic, flags, process.stdout))
    return topic
  }
}
