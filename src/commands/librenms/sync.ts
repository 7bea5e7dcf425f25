import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { apiFlags } from '../../cli/librenms/api-connection.ts'
import { metricsFlag } from '../../cli/metrics-flag.ts'

const SYNC = 'SYNC'

export default class LibrenmsSync extends BaseCommand {
  static override summary = 'Keep topics in step with a LibreNMS: inventory, health, alerts, events.'
  static override description =
    `Follows the event log and the alert log, reads again what their rows are about, and sweeps what no log tells of. Only changes are written,
and a restart goes on where the last run ended. Nothing counts as deleted without proof: LibreNMS's own 404, or a complete list without it.

The token (global-read is enough) comes from --token-file or SHITOPS_LIBRENMS_TOKEN. docs/librenms.md tells what near real time means here.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file read.token',
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file read.token --once',
    '<%= config.bin %> <%= command.id %> --tail-interval 1s --kafka-topic librenms',
  ]
  static override flags = {
    ...apiFlags,
    once: Flags.boolean({ summary: 'Read everything once, and end.', helpGroup: SYNC }),
    full: Flags.boolean({ summary: 'Write every row once more, also those that are as they were.', helpGroup: SYNC }),
    'tail-interval': Flags.string({ summary: 'Between two looks at the logs; default 15s.', helpValue: 'TIME', helpGroup: SYNC }),
    timezone: Flags.string({
      summary: "The server's time zone, where it cannot be told from its times.",
      helpValue: 'ZONE',
      helpGroup: SYNC,
    }),
    'allow-mass-delete': Flags.boolean({
      summary: 'Believe that many devices, ports or sensors are gone at once (more than 5 and a tenth).',
      helpGroup: SYNC,
    }),
    own: Flags.string({
      summary: 'A user of LibreNMS that is us: its events are marked; may be repeated.',
      helpValue: 'USER',
      helpGroup: SYNC,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'kafka-topic': Flags.string({
      summary: "Topic of LibreNMS's own Kafka data store on this bus: more metrics, more often.",
      helpValue: 'TOPIC',
      helpGroup: SYNC,
    }),
    metrics: metricsFlag(SYNC),
    duration: Flags.string({ summary: 'Stop after this long.', helpValue: 'TIME', helpGroup: SYNC }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(LibrenmsSync)
    const { systemClock } = await import('../../base/clock.ts')
    const { duration } = await import('../../cli/scan/flags.ts')
    const { librenmsFlags } = await import('../../cli/librenms/settings.ts')
    const { runSync } = await import('../../cli/librenms/sync.ts')
    const { loadConfig } = await import('../../config/load.ts')

    const { config } = await loadConfig({ config: flags.config })
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    const counters = await runSync(librenmsFlags({ ...flags, own: flags.own ?? [] }, config.librenms), {
      bus: await this.openBus(flags, { spool: true }),
      env: process.env,
      clock: systemClock,
      signal: AbortSignal.any([this.signal, ...stop]),
      logger: this.logger(flags),
      stderr: process.stderr,
      quiet: flags.quiet || this.jsonEnabled(),
      metricsAt: flags.metrics,
    })
    return { counters }
  }
}
