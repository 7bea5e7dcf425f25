import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'
import { topicsArgs, topicsFileFlags } from '../../cli/topics/flags.ts'

export default class TopicCheck extends PrintCommand {
  static override summary = 'Look for what is unsafe: copies, racks, leaders, lag.'
  static override description = 'Exits with 0 where there is nothing but notes, and with 3 where there is an error or a warning.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --max-lag 10000 --json']
  static override args = topicsArgs
  static override flags = {
    ...topicsFileFlags,
    'max-lag': Flags.integer({ summary: 'Records that a group may be behind on a topic.', helpValue: 'N', default: 100_000, min: 0 }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicCheck)
    const { EXIT } = await import('../../base/errors.ts')
    const { checkTopics, formatChecked } = await import('../../cli/topics/check.ts')

    const checked = await checkTopics(await this.openBus(flags, { readOnly: true }), args.topics, flags)
    this.print(formatChecked(checked))
    if (!checked.ok) process.exitCode = EXIT.found
    return checked
  }
}
