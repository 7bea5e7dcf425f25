import { Flags } from '@oclif/core'
import { BaseCommand } from '../cli/base-command.ts'

export default class Scan extends BaseCommand {
  static override summary = 'Collect the presence and audio state of enrolled headsets over Bluetooth LE.'
  static override description =
    `Records go to device_presence and audio_metrics. Only headsets of the enrolment file (shitops scan enrol) are tracked; everybody
else's are counted and nothing else of them is kept. Recorded frames are JSON, one a line:
{"timestamp": 1770000000000, "address": "AA:BB:…", "hex": "4c00…", "rssi": -60}.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --duration 60s',
    '<%= config.bin %> <%= command.id %> --source file:frames.jsonl --output ndjson --no-publish',
  ]
  static override flags = {
    source: Flags.string({ summary: 'Where frames come from: noble (this radio), file:PATH, or - (stdin).', default: 'noble' }),
    enrolment: Flags.string({
      summary: 'The enrolled headsets; default enrolment.yaml in the configuration folder, where there is one.',
      helpValue: 'FILE',
      env: 'SHITOPS_ENROLMENT',
    }),
    duration: Flags.string({ summary: 'Stop after this long.', helpValue: 'TIME' }),
    output: Flags.option({ summary: 'Print the records too.', options: ['ndjson'] as const })(),
    publish: Flags.boolean({ summary: 'Put the records on the bus.', default: true, allowNo: true }),
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Scan)
    const { counted, duration, enrolmentFile, scan, scanSinks } = await import('../cli/scan.ts')
    const { systemClock } = await import('../base/clock.ts')

    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    const counters = await scan({
      source: flags.source,
      enrolment: await enrolmentFile(flags.enrolment, process.env),
      bus: await scanSinks({ publish: flags.publish, print: flags.output === 'ndjson', openBus: () => this.openBus(flags) }),
      clock: systemClock,
      signal: AbortSignal.any([this.signal, ...stop]),
      logger: this.logger(flags),
    })
    this.logger(flags).info(counted(counters))
    return { counters }
  }
}
