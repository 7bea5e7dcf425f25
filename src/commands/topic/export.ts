import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

export default class TopicExport extends PrintCommand {
  static override summary = 'Print a topics file to begin with.'
  static override description =
    'Of the topics that shitops needs, safe to the loss of a broker; or, with --as-is, of the topics of the bus as they are.'
  static override examples = ['<%= config.bin %> <%= command.id %> > topics.yaml', '<%= config.bin %> <%= command.id %> --as-is']
  static override flags = {
    'as-is': Flags.boolean({ summary: 'The topics of the bus, as they are.' }),
    brokers: Flags.integer({ summary: 'How many brokers there will be; default 3.', helpValue: 'N', min: 1, exclusive: ['as-is'] }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(TopicExport)
    const { designedTopics } = await import('../../bus/topics/desired.ts')
    const { asDesired, formatTopicsFile } = await import('../../bus/topics/export.ts')
    const { adminOf } = await import('../../bus/admin.ts')

    const desired = flags['as-is']
      ? asDesired(await adminOf(await this.openBus(flags, { readOnly: true })).observe())
      : designedTopics(flags.brokers)
    const yaml = formatTopicsFile(desired)
    this.print(yaml)
    return { ...desired, yaml }
  }
}
