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
collectors put their signals on the bus, the insights watch it, and every alert is printed with the records that caused it. The end \
compares the alerts with the incidents that were scripted. The same seed is the same day.

Without --bus the events are in a temporary folder and gone afterwards: a demo writes to no bus that was not named on its command line.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --headless --duration 60s --seed 1',
    '<%= config.bin %> <%= command.id %> --incident link-loss --speed max --duration 30s',
    '<%= config.bin %> <%= command.id %> --bus embedded:./demo-bus --speed max --json',
  ]
  static override flags = {
    seed: Flags.integer({ summary: 'Which day: the same seed gives the same one.', default: 1, min: 0 }),
    duration: Flags.string({ summary: 'How long it runs.', default: '60s', helpValue: 'TIME' }),
    speed: Flags.string({
      summary:
        'Office time against real time, 60 unless the demo is too short for that; max: as fast as this machine can, through as much of the day as 60 would show.',
      helpValue: 'X|max',
    }),
    incident: Flags.option({
      summary: 'Script incidents of this kind only.',
      options: ['link-loss', 'laptop-overload', 'battery-dying', 'month-end-backlog'] as const,
    })(),
    port: Flags.integer({ summary: "Port of the office's gNMI server on 127.0.0.1; 0: any free one.", default: 0, min: 0, max: 65_535 }),
    headless: Flags.boolean({ summary: 'Print lines and draw no dashboard (which is how it is without this flag too, for now).' }),
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
    const { summary, passed } = await demo(
      { ...flags, keep: raw.some((token) => token.type === 'flag' && token.flag === 'bus') },
      {
        makeOffice: (options) => new Office(options),
        listen: (office, port) => GnmiServer.listen(port, office.openedAt, office.opening),
        listenLibrenms: (office, seed) => OfficeLibrenms.listen(office, seed),
        openBus: (url) => this.openBus({ ...flags, bus: url }),
        temporaryBus: () => this.#temporaryBus(),
        logger: this.logger(flags),
        print: (line) => this.log(line),
        signal: this.signal,
      },
    )
    if (flags.check && !passed) process.exitCode = 3
    return summary
  }

  async #temporaryBus(): Promise<string> {
    this.#temporary = await mkdtemp(join(tmpdir(), 'shitops-demo-'))
    return `embedded:${this.#temporary}`
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    await super.finally(error)
    if (this.#temporary) await rm(this.#temporary, { recursive: true, force: true })
  }
}
