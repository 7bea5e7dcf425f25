import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'

const SERVER = 'SERVER'
const SECURITY = 'SECURITY'

export default class GnmiAgent extends PrintCommand {
  static override summary = "Serve this machine's own CPU, memory, traffic, loss and battery over gNMI."
  static override description = [
    'A small gNMI target for laptops: Capabilities, Get and Subscribe over openconfig-system, openconfig-interfaces and openconfig-probes paths, and battery under origin shitops. Nothing can be set. The machine is read once for all subscribers, and not at all without any.',
    'TLS and a password are required. At its first start it makes a certificate and a random password for itself, in the gnmi-agent folder of the configuration, and says where they are. The password may also be in SHITOPS_GNMI_AGENT_PASSWORD.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --duration 2s --listen 127.0.0.1:0',
    '<%= config.bin %> <%= command.id %> --listen 0.0.0.0:57400',
    '<%= config.bin %> <%= command.id %> --listen 0.0.0.0:57400 --tls-cert agent.pem --tls-key agent.key --tls-client-ca ca.pem',
  ]

  static override flags = {
    listen: Flags.string({
      summary: 'Where to listen; this machine only, unless another address is given. Port 0: any free one.',
      helpGroup: SERVER,
      helpValue: 'HOST:PORT',
      default: '127.0.0.1:57400',
    }),
    duration: Flags.string({ summary: 'Stop after this long.', helpGroup: SERVER, helpValue: 'TIME' }),
    'dry-run': Flags.boolean({ summary: 'Print what would be served, and serve nothing.', helpGroup: SERVER }),
    username: Flags.string({ summary: 'User name that clients show.', helpGroup: SECURITY, helpValue: 'NAME', default: 'shitops' }),
    'password-file': Flags.string({
      summary: 'The password (mode 0600), made at random when there is no such file.',
      helpGroup: SECURITY,
      helpValue: 'FILE',
    }),
    'tls-cert': Flags.string({
      summary: 'Certificate in PEM, instead of one of its own.',
      helpGroup: SECURITY,
      helpValue: 'FILE',
      dependsOn: ['tls-key'],
    }),
    'tls-key': Flags.string({
      summary: 'Its key in PEM (mode 0600).',
      helpGroup: SECURITY,
      helpValue: 'FILE',
      dependsOn: ['tls-cert'],
    }),
    'tls-client-ca': Flags.string({
      summary: 'Clients must also show a certificate that this authority has signed.',
      helpGroup: SECURITY,
      helpValue: 'FILE',
    }),
    insecure: Flags.boolean({
      summary: 'No TLS, on this machine only.',
      helpGroup: SECURITY,
      // tls-key comes with tls-cert.
      exclusive: ['tls-cert', 'tls-client-ca'],
    }),
    'allow-plaintext-network': Flags.boolean({
      summary: 'With --insecure: on the network too, where everybody can read along.',
      helpGroup: SECURITY,
      dependsOn: ['insecure'],
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GnmiAgent)
    const { systemClock } = await import('../../base/clock.ts')
    if (flags['dry-run']) {
      const { preview, previewText } = await import('../../cli/gnmi/agent/preview.ts')
      const { thisMachine } = await import('../../collectors/gnmi/agent/sources/this-machine.ts')
      const leaves = await preview(thisMachine(systemClock, this.config.version), systemClock)
      this.print(previewText(leaves))
      return { leaves }
    }
    const { duration } = await import('../../cli/scan/flags.ts')
    const { runAgent } = await import('../../cli/gnmi/agent/run-agent.ts')
    const { defaultAgentDir } = await import('../../config/gnmi-agent-dir.ts')
    const { env } = process
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    const counters = await runAgent(flags, {
      ...{ version: this.config.version, directory: defaultAgentDir(env), env, clock: systemClock, logger: this.logger(flags) },
      signal: AbortSignal.any([this.signal, ...stop]),
    })
    return { counters }
  }
}
