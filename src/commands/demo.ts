import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

export default class Demo extends BaseCommand {
  static override section = 'demo' as const
  static override summary = 'Run the whole system on a simulated finance office.'
  static override description = `\
People with headsets, laptops, a network and a month-end close, all on this machine (127.0.0.1 only): they speak real protocols, the \
collectors put their signals on the bus, the insights watch it, and every alert names the records that caused it. The end compares the \
alerts with the incidents that were scripted. The same seed is the same day.

At a terminal it opens the dashboard (shitops dash; ? has the keys, q quits) and shows the address of the web page, and goes on for as \
long as you look. Into a pipe, with --headless, --json, --quiet or --speed max it prints lines for a minute.

Without --bus the events are in a temporary folder and gone afterwards: a demo writes to no bus that was not named on its command line.`
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --headless --duration 60s --seed 1',
    '<%= config.bin %> <%= command.id %> --incident link-loss --speed max --duration 30s',
    '<%= config.bin %> <%= command.id %> --bus embedded:./demo-bus --speed max --json',
  ]
  static override flags = {
    seed: Flags.integer({ summary: 'Which day: the same seed gives the same one.', default: 1, min: 0 }),
    duration: Flags.string({ summary: 'How long it runs: until you quit the dashboard, without one 60s.', helpValue: 'TIME' }),
    speed: Flags.string({
      summary:
        'Office time against real time, 20 on the dashboard and 60 without, unless the demo is too short for that; max: as fast as this machine can, through as much of the day as 60 would show.',
      helpValue: 'X|max',
    }),
    incident: Flags.option({
      summary: 'Script incidents of this kind only.',
      options: ['link-loss', 'laptop-overload', 'battery-dying', 'month-end-backlog'] as const,
    })(),
    port: Flags.integer({
      summary: 'Port of the web page on 127.0.0.1; 0: any free one. Without a dashboard there is a page only with this.',
      helpValue: 'PORT',
      min: 0,
      max: 65_535,
    }),
    headless: Flags.boolean({ summary: 'Print lines and draw no dashboard.' }),
    check: Flags.boolean({ summary: 'Exit 3 when an incident was missed or an alert was false.' }),
  }

  #temporary: string | undefined

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(Demo)
    const { demo } = await import('../cli/demo/demo.ts')
    const [{ Office }, { GnmiServer }, { OfficeLibrenms }] = await Promise.all([
      import('../office/office.ts'),
      import('../office/gnmi/server.ts'),
      import('../office/librenms/office-librenms.ts'),
    ])
    const { authorOf } = await import('../cli/alert/find.ts')
    const { env, stdin, stdout, stderr } = process
    const lines = flags.headless || flags.quiet || this.jsonEnabled() || flags.speed === 'max'
    const dashboard = !lines && stdin.isTTY && stdout.isTTY && env.TERM !== 'dumb'
    const { summary, passed, code } = await demo(
      { ...flags, keep: raw.some((token) => token.type === 'flag' && token.flag === 'bus') },
      {
        makeOffice: (options) => new Office(options),
        listen: (office) => GnmiServer.listen(0, office.openedAt, office.opening),
        listenLibrenms: (office, seed) => OfficeLibrenms.listen(office, seed),
        openBus: (url) => this.openBus({ ...flags, bus: url }),
        temporaryFolder: () => this.#temporaryFolder(),
        author: authorOf(undefined, { USER: 'local', ...env }),
        ...(dashboard && { terminal: { stdin, stdout, env, cwd: process.cwd() } }),
        ...(stderr.isTTY && !flags.quiet && { screen: stderr }),
        logger: this.logger(flags),
        print: (line) => this.log(line),
        signal: this.signal,
      },
    )
    if (code !== 0) process.exitCode = code
    else if (flags.check && !passed) process.exitCode = 3
    return summary
  }

  async #temporaryFolder(): Promise<string> {
    if (this.#temporary === undefined) {
      this.#temporary = await mkdtemp(join(tmpdir(), 'shitops-demo-')).catch(async (error: unknown) => {
        const { isNotAllowed, messageOf, ShitopsError } = await import('../base/errors.ts')
        const why = `the demo cannot make its folder in ${tmpdir()}: ${messageOf(error)}`
        throw new ShitopsError(isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE', why, {
          suggestions: ['TMPDIR=DIR shitops demo, with a folder that you may write to'],
          cause: error,
        })
      })
      process.once('exit', this.#removeNow)
    }
    return this.#temporary
  }

  /** A second Ctrl-C, or a stop that takes too long, ends the process where it stands. */
  readonly #removeNow = () => {
    if (this.#temporary) rmSync(this.#temporary, { recursive: true, force: true })
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    await super.finally(error)
    if (this.#temporary) await rm(this.#temporary, { recursive: true, force: true })
    process.off('exit', this.#removeNow)
  }
}
