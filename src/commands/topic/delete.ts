import { Args, Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

const SAFETY = 'SAFETY'

export default class TopicDelete extends PrintCommand {
  static override summary = 'Delete a topic with all its records.'
  static override description = 'Without --yes or --confirm NAME it deletes nothing, and says what it would delete.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> trades --dry-run',
    '<%= config.bin %> <%= command.id %> trades --confirm trades',
  ]
  static override args = { topic: Args.string({ description: 'the topic', required: true }) }
  static override flags = {
    confirm: Flags.string({ summary: 'The name once more.', helpValue: 'NAME', helpGroup: SAFETY, exclusive: ['yes'] }),
    yes: Flags.boolean({ char: 'y', summary: 'Do it.', helpGroup: SAFETY }),
    'dry-run': Flags.boolean({ summary: 'Say what would be deleted, and delete nothing.', helpGroup: SAFETY }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicDelete)
    const { describeTopic } = await import('../../bus/ops/topics.ts')
    const { confirmed } = await import('../../cli/confirm.ts')
    const { formatDeleted, recordsOf } = await import('../../cli/topic-view.ts')

    const dryRun = flags['dry-run'] ?? false
    const bus = await this.openBus(flags, { readOnly: dryRun, mustExist: true })
    const topic = await describeTopic(bus, args.topic)
    if (!dryRun) {
      confirmed(flags, args.topic, formatDeleted(topic, true))
      await bus.deleteTopic(args.topic)
    }
    this.print(`${formatDeleted(topic, dryRun)}\n`)
    return { topic: args.topic, records: recordsOf(topic), deleted: !dryRun, dryRun }
  }
}
