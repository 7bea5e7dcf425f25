import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

const SERVER = 'SERVER'
const SECURITY = 'SECURITY'

export default class Serve extends BaseCommand {
  static override summary = 'HTTP and WebSocket server: alerts, live data, metrics.'
  static override description = [
    'REST under /api/v1, the WebSocket shitops.v1 at /api/v1/ws, /metrics for Prometheus, /-/healthy and /-/ready, and the web page where one was built. Everything but health and the two API documents needs a token; a token opens the channel finance (teams, workflow, calls), the channel operations (devices, links, collectors), or both.',
    'Tokens come from a file or from the variable SHITOPS_SERVE_TOKENS, one a line: NAME ROLES TOKEN. Without either, a file with one token is made at the first start. docs/server.md and docs/websocket.md have the rest.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --port 0 --token-file tokens --allow-writes',
    '<%= config.bin %> <%= command.id %> --notify --config /etc/shitops/config.yaml',
    '<%= config.bin %> <%= command.id %> --host 0.0.0.0 --allow-host dash.example --server-cert cert.pem --server-key key.pem',
  ]
  static override section = 'serve' as const
  static override flags = {
    port: Flags.integer({ summary: 'Port; 0 is any free one.', helpGroup: SERVER, helpValue: 'PORT', min: 0, max: 65_535, default: 7468 }),
    host: Flags.string({
      summary: 'Address to listen on; this machine only, unless another is given.',
      helpGroup: SERVER,
      helpValue: 'HOST',
      default: '127.0.0.1',
    }),
    'max-clients': Flags.integer({ summary: 'WebSockets at once.', helpGroup: SERVER, helpValue: 'N', min: 1, default: 2_000 }),
    'min-count': Flags.integer({
      summary: 'Smallest team that is told of, at least 2; default 5.',
      helpGroup: SERVER,
      helpValue: 'N',
      min: 2,
    }),
    notify: Flags.boolean({
      summary: 'Tell the receivers of the configuration of alerts too, as alert notify does.',
      helpGroup: SERVER,
    }),
    duration: Flags.string({ summary: 'Stop after this long.', helpGroup: SERVER, helpValue: 'TIME' }),
    'token-file': Flags.string({ summary: 'Tokens that are taken (mode 0600).', helpGroup: SECURITY, helpValue: 'FILE' }),
    'allow-writes': Flags.boolean({
      summary: 'Take acknowledgements and silences of tokens with the role write.',
      helpGroup: SECURITY,
    }),
    'allow-host': Flags.string({
      summary: 'Another name by which requests may reach it.',
      helpGroup: SECURITY,
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'allow-origin': Flags.string({
      summary: 'Another origin whose pages may use it.',
      helpGroup: SECURITY,
      helpValue: 'ORIGIN',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'server-cert': Flags.string({ summary: 'Certificate in PEM.', helpGroup: SECURITY, helpValue: 'FILE' }),
    'server-key': Flags.string({ summary: 'Its key in PEM (mode 0600).', helpGroup: SECURITY, helpValue: 'FILE' }),
    'allow-plaintext-network': Flags.boolean({
      summary: 'Without TLS on the network too, where everybody can read along.',
      helpGroup: SECURITY,
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Serve)
    const { systemClock } = await import('../base/clock.ts')
    const { duration } = await import('../cli/scan/flags.ts')
    const { configuredAlerts } = await import('../cli/alert/settings.ts')
    const { runServe } = await import('../cli/serve/serve.ts')
    const { defaultServeDir } = await import('../config/serve-dir.ts')
    const { env } = process
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    return runServe(flags, {
      ...{ open: () => this.openBus(flags), directory: defaultServeDir(env), env, clock: systemClock, logger: this.logger(flags) },
      alerts: () => configuredAlerts(flags, env),
      signal: AbortSignal.any([this.signal, ...stop]),
      ...(process.stderr.isTTY && !flags.quiet && { terminal: process.stderr }),
    })
  }
}
