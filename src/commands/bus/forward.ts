import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

const SPOOL = 'SPOOL'

export default class BusForward extends PrintCommand {
  static override summary = 'Send what collectors have kept while the brokers were away.'
  static override description =
    `In the order in which it was written, each record once, also where this is killed and started again. A collector that runs does so by itself;
this is for spools that none uses any more, and for disks that were carried here. What has been forwarded is removed from the spool.

--from is the folder of spool= in the bus URL, or one collector's in it.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --from embedded:/var/lib/shitops/spool --dry-run',
    '<%= config.bin %> <%= command.id %> --from embedded:/var/lib/shitops/spool --to kafka://kafka-1:9092',
    '<%= config.bin %> <%= command.id %> --from embedded:/media/van/spool/scan --to kafka://kafka-1:9092 --follow',
  ]
  static override targetFlag = 'to'
  static override flags = {
    from: Flags.string({ summary: 'The spool, or a folder with several.', helpValue: 'embedded:DIR', helpGroup: SPOOL, required: true }),
    to: Flags.string({ summary: 'Where to; default the bus of --bus and the configuration.', helpValue: 'URL', helpGroup: SPOOL }),
    follow: Flags.boolean({
      char: 'f',
      summary: 'Go on until stopped, also while the brokers are away.',
      helpGroup: SPOOL,
      exclusive: ['dry-run'],
    }),
    'dry-run': Flags.boolean({ summary: 'Count what waits, send and change nothing.', helpGroup: SPOOL }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(BusForward)
    const { forward, formatForwarded } = await import('../../cli/bus/forward.ts')
    const { openBus } = await import('../../bus/open.ts')
    const { resolveBus } = await import('../../config/bus-url.ts')

    const logger = this.logger(flags)
    const dryRun = flags['dry-run'] ?? false
    const { url, secrets } = dryRun ? { url: '', secrets: {} } : await resolveBus({ bus: flags.to ?? flags.bus, config: flags.config })
    const spools = await forward({
      ...{ from: flags.from, follow: flags.follow ?? false, dryRun, signal: this.signal, logger },
      openTarget: () => openBus(url, { logger, secrets }),
    })
    this.print(formatForwarded(spools, dryRun, process.stdout.columns))
    return { spools, dryRun }
  }
}
