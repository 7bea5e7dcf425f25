import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'
import { topicsArgs, topicsFileFlags } from '../../cli/topics/flags.ts'

const SAFETY = 'SAFETY'
const MOVES = 'MOVES'

export default class TopicApply extends PrintCommand {
  static override summary = 'Make topics what their file says, in safe steps.'
  static override description =
    'What may lose records is refused unless its topic is confirmed by name. Stopped or killed, run it again: it goes on where the cluster is.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --file topics.yaml --throttle 20MiB/s',
    '<%= config.bin %> <%= command.id %> --confirm old_topic',
  ]
  static override args = topicsArgs
  static override flags = {
    ...topicsFileFlags,
    confirm: Flags.string({
      summary: 'A topic that may lose records (repeatable).',
      helpValue: 'NAME',
      helpGroup: SAFETY,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'safe-only': Flags.boolean({ summary: 'Leave out what wants to be confirmed.', helpGroup: SAFETY, exclusive: ['confirm'] }),
    'dry-run': Flags.boolean({ summary: 'Say what would be done, and do nothing.', helpGroup: SAFETY }),
    throttle: Flags.string({
      summary: 'Bytes a second that moves take of a broker, or none.',
      helpValue: 'RATE',
      helpGroup: MOVES,
      default: '50MiB/s',
    }),
    concurrency: Flags.integer({
      summary: 'Partitions of a topic that move at a time.',
      helpValue: 'N',
      helpGroup: MOVES,
      default: 16,
      min: 1,
    }),
    cancel: Flags.boolean({ summary: 'Take back the moves that run, and their throttle.', helpGroup: MOVES, exclusive: ['dry-run'] }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(TopicApply)
    const { applyTopics } = await import('../../cli/topics/apply.ts')

    const bus = await this.openBus(flags, { readOnly: flags['dry-run'] })
    const stderr = flags.quiet || this.jsonEnabled() ? null : process.stderr
    return applyTopics(bus, args.topics, flags, {
      ...{ signal: this.signal, stderr },
      print: (text) => this.print(text),
      onTypedBus: (command) => this.onTypedBus(command),
    })
  }
}
