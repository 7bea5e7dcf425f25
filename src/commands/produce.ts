import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

const INPUT = 'INPUT'
const WRITING = 'WRITING'

export default class Produce extends BaseCommand {
  static override summary = 'Write JSON lines from stdin to a topic, as tail prints them.'
  static override description =
    `A line is {"key": …, "value": …} with "timestamp" (ms) and "headers" if wanted; topic, partition and offset are ignored. With --value-only it is the value alone, and an event of a known topic gets its key, time and headers from its fields.

Values are checked against the topic's schema. A bad line stops it (exit 1), naming line and field, with the lines before it written.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> device_metrics --file metrics.ndjson',
    `echo '{"key":"a","value":{"n":1}}' | <%= config.bin %> <%= command.id %> trades --create`,
    '<%= config.bin %> tail a --to end | <%= config.bin %> <%= command.id %> b --on-error dlq',
  ]
  static override args = { topic: Args.string({ description: 'where to write', required: true }) }
  static override flags = {
    file: Flags.string({ summary: 'Read this file; - is stdin.', helpValue: 'FILE', helpGroup: INPUT, default: '-' }),
    'value-only': Flags.boolean({ summary: 'Each line is a value, not a record.', helpGroup: INPUT }),
    raw: Flags.boolean({
      summary: 'Each line is a value as it is, of any bytes; nothing is checked.',
      helpGroup: INPUT,
      exclusive: ['value-only', 'on-error', 'rate'],
    }),
    key: Flags.string({
      char: 'k',
      summary: 'The key of every record, with --value-only or --raw.',
      helpGroup: INPUT,
      relationships: [{ type: 'some', flags: ['value-only', 'raw'] }],
    }),
    validate: Flags.boolean({ summary: "Check values against the topic's schema.", helpGroup: WRITING, default: true, allowNo: true }),
    'on-error': Flags.option({
      options: ['stop', 'dlq', 'skip'] as const,
      summary: 'A bad line: stop there, keep it in TOPIC.dlq, or leave it out.',
      helpGroup: WRITING,
      default: 'stop' as const,
    })(),
    create: Flags.boolean({ summary: 'Create the topic where it is not there.', helpGroup: WRITING }),
    rate: Flags.string({ summary: 'At most so many records: 100/s, 30/m.', helpValue: 'N/s', helpGroup: WRITING }),
    'dry-run': Flags.boolean({ summary: 'Read and check everything, write nothing.', helpGroup: WRITING }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Produce)
    const { produceFromInput } = await import('../cli/produce.ts')
    const settings = {
      ...flags,
      valueOnly: flags['value-only'] ?? false,
      raw: flags.raw ?? false,
      onError: flags['on-error'],
      create: flags.create ?? false,
      dryRun: flags['dry-run'] ?? false,
    }
    const summary = await produceFromInput(args.topic, settings, {
      open: (options) => this.openBus(flags, options),
      stdin: process.stdin,
      logger: this.logger(flags),
      signal: this.signal,
    })
    return { ...summary, dryRun: settings.dryRun }
  }
}
