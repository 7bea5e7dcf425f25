import { Args, Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

const TOPIC = 'TOPIC'

export default class TopicCreate extends PrintCommand {
  static override summary = 'Create topics; known ones get their own settings.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --all',
    '<%= config.bin %> <%= command.id %> trades --partitions 6 --topic-config retention.ms=86400000',
  ]
  static override args = { topics: Args.string({ description: 'names of the topics', multiple: true, multipleNonGreedy: true }) }
  static override flags = {
    all: Flags.boolean({ summary: 'Every topic that shitops knows.', helpGroup: TOPIC }),
    partitions: Flags.integer({
      summary: 'Partitions of each; default 1, or what shitops knows.',
      helpValue: 'N',
      helpGroup: TOPIC,
      min: 1,
    }),
    replication: Flags.integer({
      summary: "Replicas of each partition (Kafka); default the cluster's.",
      helpValue: 'N',
      helpGroup: TOPIC,
      min: 1,
    }),
    'topic-config': Flags.string({
      char: 'c',
      summary: 'A setting by its Kafka name (repeatable).',
      helpValue: 'NAME=VALUE',
      helpGroup: TOPIC,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'if-not-exists': Flags.boolean({ summary: 'Leave topics that are there as they are.', helpGroup: TOPIC }),
    'dry-run': Flags.boolean({ summary: 'Say what would be created, and create nothing.', helpGroup: TOPIC }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicCreate)
    const { createTopics } = await import('../../bus/ops/topics.ts')
    const { specsOf } = await import('../../cli/topic-spec.ts')
    const { formatCreated } = await import('../../cli/topic-view.ts')

    const specs = specsOf(args.topics ?? [], { ...flags, config: flags['topic-config'] })
    const dryRun = flags['dry-run'] ?? false
    const bus = await this.openBus(flags, { readOnly: dryRun })
    const outcome = await createTopics(bus, { specs, ifNotExists: flags['if-not-exists'] || flags.all, dryRun })
    this.print(formatCreated(outcome, specs, dryRun))
    return { ...outcome, dryRun }
  }
}
