import { Flags } from '@oclif/core'
import { connectionFlags } from '../../cli/gnmi/connection-flags.ts'
import { RequestCommand } from '../../cli/gnmi/request-command.ts'

const REQUEST = 'REQUEST'

export default class GnmiGet extends RequestCommand {
  static override summary = 'Read paths of gNMI targets, once.'
  static override description = [
    'Several targets are asked at once; one that fails does not hide the others, and the exit code is then that of the worst failure.',
    `Output: event (a line for each leaf, as gnmi subscribe prints it, named get-request), json (a line for each notification, in gnmic's json format), flat (PATH: VALUE), table. Nothing is rounded: integers of more than 2^53 and timestamps are text.`,
  ].join('\n\n')
  static override examples = [
    "<%= config.bin %> <%= command.id %> -a leaf1:57400 --username admin --password-file password --path '/interfaces/interface[name=eth0]/state'",
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 -a leaf2:57400 --skip-verify --path openconfig:/system --type config --output flat',
  ]
  static override flags = {
    path: Flags.string({
      summary: "What to read, '/interfaces/interface[name=eth0]/state' or ORIGIN:/PATH; repeat it for more.",
      helpValue: 'PATH',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
      required: true,
    }),
    prefix: Flags.string({ summary: 'What all paths begin with.', helpValue: 'PATH', helpGroup: REQUEST }),
    type: Flags.option({
      summary: 'Which data.',
      helpGroup: REQUEST,
      options: ['all', 'config', 'state', 'operational'] as const,
      default: 'all' as const,
    })(),
    encoding: Flags.string({
      char: 'e',
      summary: 'auto (by the target, json_ietf first), json, json_ietf, proto, bytes, ascii, or a number.',
      helpValue: 'NAME',
      helpGroup: REQUEST,
      default: 'auto',
    }),
    model: Flags.string({
      summary: 'Only this schema model; may be repeated.',
      helpValue: 'NAME',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
    }),
    depth: Flags.integer({ summary: 'So many levels below each path (extension); 0 is all.', helpValue: 'N', helpGroup: REQUEST, min: 0 }),
    output: Flags.option({
      char: 'o',
      summary: 'How it is printed.',
      helpGroup: 'OUTPUT',
      options: ['event', 'json', 'flat', 'table'] as const,
      default: 'event' as const,
    })(),
    ...connectionFlags,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(GnmiGet)
    const { requiredTargets } = await import('../../cli/gnmi/targets.ts')
    const { eachTarget, targetReport } = await import('../../cli/gnmi/each-target.ts')
    const { getPrinter } = await import('../../cli/gnmi/get-printer.ts')
    const { getSpec } = await import('../../cli/gnmi/get-spec.ts')
    const { get } = await import('../../collectors/gnmi/request/get.ts')
    const { writeOut } = await import('../../cli/stdio.ts')

    const spec = getSpec(flags)
    const { targets, timeout, warnings } = await requiredTargets(flags, process.env)
    const logger = this.logger(flags)
    for (const warning of warnings) logger.warn(warning)
    const width = process.stdout.isTTY ? process.stdout.columns : undefined
    const options = { write: writeOut, targets: targets.length, utc: flags.utc, width }
    const printer = getPrinter(this.jsonEnabled() ? 'document' : flags.output, options)
    const { signal } = this
    for await (const outcome of eachTarget(targets, (connection) => get(connection, spec, { timeout, signal }), signal)) {
      const { name } = outcome
      const error = outcome.error ?? (await printer.answer(name, outcome.result, (problem) => logger.warn(`${name}: ${problem}`)))
      if (!error) continue
      const report = targetReport({ name, error })
      this.failed(report)
      await printer.failure(name, report)
    }
    await printer.end(this.conclude(targets.length).error)
  }
}
