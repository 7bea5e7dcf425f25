import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { apiFlags } from '../../cli/librenms/api-connection.ts'

const WHAT = 'WHAT IS DONE'
const SAFETY = 'SAFETY'

export default class LibrenmsPush extends BaseCommand {
  static override summary = 'Write back into LibreNMS: annotations, status, notes, acks, maintenance.'
  static override description = [
    'Does the commands of librenms_commands one after the other, and says on librenms_results what became of each. Every write is read back: LibreNMS says 200 to much that it did not do.',
    'Without --yes nothing is written: each command is looked at, and its result says what would be done. Devices are never deleted or renamed, and rules are never touched.',
    'The token may be in SHITOPS_LIBRENMS_WRITE_TOKEN. docs/librenms-push.md has the actions with their arguments and the rights that the token needs.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file write.token --once',
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file write.token --yes',
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file write.token --alerts annotate --alerts status --yes',
  ]
  static override flags = {
    ...apiFlags,
    once: Flags.boolean({ summary: 'Do what is on the bus now, and end.', helpGroup: WHAT }),
    alerts: Flags.option({
      summary: "Let alerts of shitops write into LibreNMS as well: an event, a component's status; may be repeated.",
      helpGroup: WHAT,
      options: ['annotate', 'status'] as const,
      multiple: true,
      multipleNonGreedy: true,
    })(),
    allow: Flags.option({
      summary: 'Allow an action that is off unless it is named.',
      helpGroup: WHAT,
      options: ['set_port_description'] as const,
      multiple: true,
      multipleNonGreedy: true,
    })(),
    output: Flags.option({
      char: 'o',
      summary: 'What is printed of each result.',
      helpGroup: WHAT,
      options: ['table', 'ndjson'] as const,
      default: 'table' as const,
    })(),
    duration: Flags.string({ summary: 'Stop after this long.', helpValue: 'TIME', helpGroup: WHAT }),
    yes: Flags.boolean({ char: 'y', summary: 'Write.', helpGroup: SAFETY, exclusive: ['dry-run'] }),
    'dry-run': Flags.boolean({ summary: 'Write nothing, as without --yes.', helpGroup: SAFETY }),
    rate: Flags.integer({
      summary: 'Writes in any minute; more of them wait.',
      helpValue: 'N',
      helpGroup: SAFETY,
      default: 30,
      min: 1,
      max: 600,
    }),
    'max-age': Flags.string({
      summary: 'Commands that are older and name no expiry are not done any more.',
      helpValue: 'TIME',
      helpGroup: SAFETY,
      default: '15m',
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(LibrenmsPush)
    const { systemClock } = await import('../../base/clock.ts')
    const { duration } = await import('../../cli/scan/flags.ts')
    const { runPush } = await import('../../cli/librenms/push.ts')
    const { librenmsFlags } = await import('../../cli/librenms/settings.ts')
    const { loadConfig } = await import('../../config/load.ts')

    const { config } = await loadConfig({ config: flags.config })
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    // The configured token reads. The one that writes is another, and is named each time.
    const settings = { ...librenmsFlags(flags, config.librenms), 'token-file': flags['token-file'] }
    const counters = await runPush(settings, {
      bus: await this.openBus(flags),
      env: process.env,
      clock: systemClock,
      signal: AbortSignal.any([this.signal, ...stop]),
      logger: this.logger(flags),
      silent: this.jsonEnabled(),
    })
    return { dryRun: !flags.yes, counters }
  }
}
