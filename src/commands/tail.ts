import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'
import { rangeFlags, selectionFlags } from '../cli/select-flags.ts'

const OUTPUT = 'OUTPUT'

export default class Tail extends BaseCommand {
  static override summary = 'Show the records of topics: what comes, or a range.'
  static override description =
    `Without --to it follows from the end, as tail -f does. With --to or --no-follow it reads what is there, from the start unless --from says otherwise, and ends. A range of several partitions or topics is merged by record time.

To a terminal it prints a table, to a pipe one JSON object a line, which produce takes back.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> alerts',
    '<%= config.bin %> <%= command.id %> device_metrics --from -10 --no-follow',
    `<%= config.bin %> <%= command.id %> device_metrics --from @15m --filter 'value.value > 0.9'`,
    '<%= config.bin %> <%= command.id %> workflow_events alert_log --to end --output ndjson',
  ]

  static override args = {
    topics: Args.string({ name: 'TOPIC', description: 'topics to read', required: true, multiple: true, multipleNonGreedy: true }),
  }

  static override flags = {
    ...rangeFlags,
    follow: Flags.boolean({ char: 'f', summary: 'Go on as records come; the default without --to.', helpGroup: 'RANGE', allowNo: true }),
    order: Flags.option({
      options: ['time', 'arrival'] as const,
      summary: 'Of a range: merged by record time, or as the bus hands records out.',
      helpGroup: 'RANGE',
      default: 'time' as const,
    })(),
    ...selectionFlags,
    output: Flags.option({
      char: 'o',
      options: ['table', 'ndjson', 'json', 'csv', 'raw'] as const,
      summary: 'table to a terminal, ndjson to a pipe; json is one document, raw the bare values.',
      helpGroup: OUTPUT,
    })(),
    'no-header': Flags.boolean({ summary: 'No line of column names.', helpGroup: OUTPUT }),
    'no-trunc': Flags.boolean({ summary: 'Do not cut long lines to the terminal.', helpGroup: OUTPUT }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tail)
    const { tailToStream } = await import('../cli/tail.ts')
    const output = this.jsonEnabled() ? 'json' : (flags.output ?? (process.stdout.isTTY ? 'table' : 'ndjson'))
    const settings = { ...flags, output, showHeader: !flags['no-header'], trunc: !flags['no-trunc'] }
    await tailToStream(args.topics, settings, {
      open: () => this.openBus(flags, { readOnly: true }),
      stdout: process.stdout,
      logger: this.logger(flags),
      signal: this.signal,
      now: Date.now(),
    })
  }
}
