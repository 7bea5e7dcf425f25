import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

const CONNECTION = 'CONNECTION'

export default class Dash extends BaseCommand {
  static override summary = 'The live dashboard in this terminal: alerts, people, network, work.'
  static override description =
    'On this bus, or on a server with --url. Press ? for the keys: 1 to 7 are the views, / filters rows in the language of tail --filter, : takes commands, enter explains an alert, a acknowledges it, z silences it, p stands still, e writes the rows to a file, q quits. A terminal of 80 by 24 is enough; docs/dash.md has the rest.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --url ws://127.0.0.1:7468',
    '<%= config.bin %> <%= command.id %> --url wss://dash.example --token-file token',
  ]
  static override flags = {
    'token-file': Flags.string({
      summary: 'Token for that server (mode 0600); else SHITOPS_DASH_TOKEN.',
      helpGroup: CONNECTION,
      helpValue: 'FILE',
      dependsOn: ['url'],
    }),
    url: Flags.string({
      summary: 'Server to watch instead of this bus.',
      helpGroup: CONNECTION,
      helpValue: 'URL',
      exclusive: ['min-count'],
    }),
    'min-count': Flags.integer({
      summary: 'Smallest team that numbers are told of, on this bus; default 5.',
      helpGroup: CONNECTION,
      helpValue: 'N',
      min: 2,
    }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Dash)
    const { systemClock } = await import('../base/clock.ts')
    const { authorOf } = await import('../cli/alert/find.ts')
    const { colorLevel } = await import('../cli/color.ts')
    const { runDash } = await import('../cli/dash/run-dash.ts')
    const { resolveBus } = await import('../config/bus-url.ts')
    const { defaultServeDir } = await import('../config/serve-dir.ts')
    const { loadConfig } = await import('../config/load.ts')
    const { env, stdin, stdout } = process
    const { serve } = (await loadConfig({ config: flags.config })).config
    const result = await runDash(flags, {
      // What would be said while the screen is drawn would stand across it.
      open: () => this.openBus({ ...flags, quiet: true, verbose: false }, { mustExist: true }),
      busName: flags.url === undefined ? (await resolveBus(flags)).url : '',
      ...{ directory: defaultServeDir(env), env, clock: systemClock, signal: this.signal, stdin, stdout, cwd: process.cwd() },
      // What holds for `serve` here holds for the server that nobody sees.
      minCount: flags['min-count'] ?? serve.minCount,
      author: authorOf(undefined, { USER: 'local', ...env }),
      colored: colorLevel(stdout) > 0,
    })
    if (result.code !== 0) process.exitCode = result.code
    return result
  }
}
