import { Flags } from '@oclif/core'
import { BaseCommand } from '../../cli/base-command.ts'
import { apiFlags } from '../../cli/librenms/api-connection.ts'

const SERVER = 'SERVER'
const SECURITY = 'SECURITY'

export default class LibrenmsReceive extends BaseCommand {
  static override summary = 'Listen to LibreNMS and its shitops plugin, and look at what changed.'
  static override description = [
    'Rings go to librenms_doorbell, where a running librenms sync answers them with reads over the API. With --url alerts that ring are also read from here and put on librenms_alerts, for those who run no sync. Nothing that a caller says is taken for the truth.',
    'The alert transport sends a shared secret in a header, the plugin signs what it sends. At its first start the command makes both secrets and says where they are. docs/librenms-plugin.md tells how to set up both.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --listen 0.0.0.0:7469 --server-cert cert.pem --server-key key.pem',
    '<%= config.bin %> <%= command.id %> --url https://nms.example --token-file read.token',
  ]
  static override flags = {
    listen: Flags.string({
      summary: 'Where to listen; this machine only, unless another address is given. Port 0: any free one.',
      helpValue: 'HOST:PORT',
      helpGroup: SERVER,
      default: '127.0.0.1:7469',
    }),
    'body-limit': Flags.string({ summary: 'Largest body that is taken.', helpValue: 'SIZE', helpGroup: SERVER, default: '4MiB' }),
    duration: Flags.string({ summary: 'Stop after this long.', helpValue: 'TIME', helpGroup: SERVER }),
    'secret-file': Flags.string({
      summary: 'Secret of the alert transport (mode 0600), made at random when there is no such file.',
      helpValue: 'FILE',
      helpGroup: SECURITY,
    }),
    'plugin-secret-file': Flags.string({
      summary: 'Secret of the plugin (mode 0600), made at random when there is no such file.',
      helpValue: 'FILE',
      helpGroup: SECURITY,
    }),
    'server-cert': Flags.string({ summary: 'Certificate in PEM.', helpValue: 'FILE', helpGroup: SECURITY, dependsOn: ['server-key'] }),
    'server-key': Flags.string({
      summary: 'Its key in PEM (mode 0600).',
      helpValue: 'FILE',
      helpGroup: SECURITY,
      dependsOn: ['server-cert'],
    }),
    'allow-plaintext-network': Flags.boolean({
      summary: 'Without TLS on the network too, where everybody can read along.',
      helpGroup: SECURITY,
      exclusive: ['server-cert'],
    }),
    ...apiFlags,
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(LibrenmsReceive)
    const { systemClock } = await import('../../base/clock.ts')
    const { duration } = await import('../../cli/scan/flags.ts')
    const { runReceive } = await import('../../cli/librenms/receive.ts')
    const { defaultReceiveDir } = await import('../../config/librenms-receive-dir.ts')
    const { env } = process
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    const counters = await runReceive(flags, {
      ...{ bus: await this.openBus(flags), directory: defaultReceiveDir(env), env, clock: systemClock, logger: this.logger(flags) },
      signal: AbortSignal.any([this.signal, ...stop]),
    })
    return { counters }
  }
}
