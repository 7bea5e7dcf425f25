import { Args, Flags } from '@oclif/core'
import { PrintCommand } from '../cli/print-command.ts'
import { rangeFlags, selectionFlags } from '../cli/select-flags.ts'

const DESTINATION = 'DESTINATION'
const PACE = 'PACE'
const REWRITE = 'REWRITE'
const SAFETY = 'SAFETY'

export default class Replay extends PrintCommand {
  static override summary = 'Write a range of a topic again: to a topic, bus or stdout.'
  static override description =
    `The range is merged by record time. Key, headers, time and, where the numbers of partitions agree, partition are kept. It reads as nobody: no consumer group is touched.

Into a bus it runs under a token: records and position are written together, so after a crash, even kill -9, the same command with --resume TOKEN goes on, with no record twice and none lost.

--redrive sends the dead letters of a TOPIC.dlq to the topics they were meant for.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> device_metrics --from @1h --to-topic test --create',
    '<%= config.bin %> <%= command.id %> workflow_events --speed 60x --retime now --to-topic demo',
    '<%= config.bin %> <%= command.id %> device_metrics.dlq --redrive --dry-run',
    '<%= config.bin %> <%= command.id %> alert_log --from -100 --rate 10/s',
  ]
  static override targetFlag = 'to-bus'
  static override args = { topic: Args.string({ description: 'the topic to read', required: true }) }
  static override flags = {
    ...rangeFlags,
    ...selectionFlags,
    'to-topic': Flags.string({
      summary: 'Write to this topic; - is stdout.',
      helpValue: 'TOPIC',
      helpGroup: DESTINATION,
      exclusive: ['redrive'],
    }),
    'to-bus': Flags.string({
      summary: 'Write to this bus; the same topic unless --to-topic says otherwise.',
      helpValue: 'URL',
      helpGroup: DESTINATION,
    }),
    redrive: Flags.boolean({ summary: 'Write each dead letter to the topic in its dlq_topic header.', helpGroup: DESTINATION }),
    create: Flags.boolean({ summary: 'Create the destination like the source where it is not there.', helpGroup: DESTINATION }),
    output: Flags.option({
      char: 'o',
      options: ['ndjson', 'raw'] as const,
      summary: 'On stdout: records or bare values.',
      helpGroup: DESTINATION,
      default: 'ndjson' as const,
    })(),
    speed: Flags.string({
      summary: 'Keep the original gaps, times this: 1x, 10x, 0.5x; max does not wait.',
      helpValue: '1x|10x|max',
      helpGroup: PACE,
      exclusive: ['rate'],
    }),
    rate: Flags.string({ summary: 'So many records: 100/s, 30/m.', helpValue: 'N/s', helpGroup: PACE }),
    retime: Flags.option({
      options: ['keep', 'now', 'shift'] as const,
      summary:
        'Times of the records: as they were, the time of writing, or all moved so that the first is now; ce_time and event_time go along.',
      helpGroup: REWRITE,
      default: 'keep' as const,
    })(),
    'header-allow': Flags.string({
      summary: 'Only headers of these names, * for any text (repeatable).',
      helpValue: 'GLOB',
      helpGroup: REWRITE,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'header-deny': Flags.string({
      summary: 'No headers of these names (repeatable).',
      helpValue: 'GLOB',
      helpGroup: REWRITE,
      multiple: true,
      multipleNonGreedy: true,
    }),
    resume: Flags.string({
      summary: 'Go on with the replay of this token.',
      helpValue: 'TOKEN',
      helpGroup: SAFETY,
      exclusive: ['token', 'dry-run'],
    }),
    token: Flags.string({
      summary: 'Name the token; a run with the same name goes on where the last one stopped.',
      helpValue: 'NAME',
      helpGroup: SAFETY,
    }),
    validate: Flags.boolean({
      summary: "With --redrive: leave out letters that do not fit their topic's schema.",
      helpGroup: SAFETY,
      default: true,
      allowNo: true,
    }),
    yes: Flags.boolean({ char: 'y', summary: 'Write into the very topic that is read.', helpGroup: SAFETY }),
    'dry-run': Flags.boolean({ summary: 'Count, show the plan, write nothing.', helpGroup: SAFETY }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Replay)
    const { resolveBus } = await import('../config/bus-url.ts')
    const { runReplay } = await import('../cli/replay.ts')

    const settings = {
      ...flags,
      toTopic: flags['to-topic'],
      toBus: flags['to-bus'],
      allow: flags['header-allow'] ?? [],
      deny: flags['header-deny'] ?? [],
      redrive: flags.redrive ?? false,
      validate: flags.validate ?? true,
      create: flags.create ?? false,
      dryRun: flags['dry-run'] ?? false,
      json: this.jsonEnabled(),
    }
    const { result, text, note, failure } = await runReplay(args.topic, settings, {
      sourceUrl: async () => (await resolveBus(flags)).url,
      openSource: (options) => this.openBus(flags, options),
      openTarget: (url) => this.openBus({ ...flags, bus: url }),
      stdout: process.stdout,
      logger: this.logger(flags),
      signal: this.signal,
      now: Date.now(),
    })
    this.print(text)
    if (note) this.logger(flags).info(note)
    if (!failure) return result
    if (!this.jsonEnabled()) throw failure
    process.exitCode = failure.exit
    return { ...result, error: this.report(failure) }
  }
}
