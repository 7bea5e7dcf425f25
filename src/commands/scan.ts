import { Flags } from '@oclif/core'
import type { Logger } from '../base/log.ts'
import { BaseCommand } from '../cli/base-command.ts'
import { metricsFlag } from '../cli/metrics-flag.ts'
import type { Output } from '../cli/scan/views.ts'

const SOURCE = 'SOURCE'
const PRIVACY = 'PRIVACY'
const OUTPUT = 'OUTPUT'

export default class Scan extends BaseCommand {
  static override summary = 'Collect the presence and audio state of enrolled headsets over Bluetooth LE.'
  static override description =
    `Records go to device_presence and audio_metrics. Only headsets of the enrolment file (shitops scan enrol) are tracked; everybody
else's are counted, and a small count is not shown. To a terminal it shows a live table, to a pipe a line for each thing that happens.

Sources: noble (this machine's radio), file:PATH (btsnoop, pcap, pcapng or JSON lines, told by content), - (the same on stdin),
mqtt://[USER@]HOST (Theengs, ESPHome, ESPresense), sightings (what other receivers put on the bus with --share).`
  static override examples = [
    '<%= config.bin %> <%= command.id %> --duration 60s',
    '<%= config.bin %> <%= command.id %> --source file:office.btsnoop --output ndjson --no-publish',
    '<%= config.bin %> <%= command.id %> --receiver rx-2 --share',
    '<%= config.bin %> <%= command.id %> --source sightings --zone rx-1=room-101 --zone rx-2=room-204',
  ]
  static override flags = {
    source: Flags.string({ summary: 'Where frames come from.', helpGroup: SOURCE, helpValue: 'SOURCE', default: 'noble' }),
    speed: Flags.string({ summary: 'Play a recording at its own pace times this; max is the default.', helpGroup: SOURCE, helpValue: 'X' }),
    duration: Flags.string({ summary: 'Stop after this long.', helpGroup: SOURCE, helpValue: 'TIME' }),
    receiver: Flags.string({ summary: 'Name of this receiver.', helpGroup: SOURCE, helpValue: 'NAME', default: 'local' }),
    zone: Flags.string({
      summary: 'The room of a receiver; may be repeated.',
      helpGroup: SOURCE,
      helpValue: 'NAME=ROOM',
      multiple: true,
      multipleNonGreedy: true,
    }),
    'password-file': Flags.string({
      summary: "The MQTT broker's password (mode 0600); or SHITOPS_MQTT_PASSWORD.",
      helpGroup: SOURCE,
      helpValue: 'FILE',
    }),
    enrolment: Flags.string({
      summary: 'The enrolled headsets; default enrolment.yaml in the configuration folder, where there is one.',
      helpGroup: PRIVACY,
      helpValue: 'FILE',
      env: 'SHITOPS_ENROLMENT',
    }),
    'secret-file': Flags.string({
      summary: 'The secret of the pseudonyms, made on first use; default pseudonym-secret in the configuration folder.',
      helpGroup: PRIVACY,
      helpValue: 'FILE',
      env: 'SHITOPS_SECRET_FILE',
    }),
    'min-count': Flags.integer({ summary: 'Hide counts of others below this.', helpGroup: PRIVACY, helpValue: 'K', default: 5, min: 2 }),
    output: Flags.option({
      char: 'o',
      summary: 'table is redrawn in place on a terminal, and lines elsewhere; ndjson prints the records.',
      helpGroup: OUTPUT,
      options: ['table', 'ndjson'] as const,
      default: 'table' as const,
    })(),
    publish: Flags.boolean({ summary: 'Put the records on the bus.', helpGroup: OUTPUT, default: true, allowNo: true }),
    share: Flags.boolean({ summary: 'Do not track here: share pseudonymous sightings with one tracker.', helpGroup: OUTPUT }),
    record: Flags.string({
      summary: 'Write what was heard, to be played again; addresses become pseudonyms.',
      helpGroup: OUTPUT,
      helpValue: 'FILE',
    }),
    metrics: metricsFlag(OUTPUT),
    raw: Flags.boolean({ summary: 'Record addresses and frames as they were heard.', helpGroup: OUTPUT, dependsOn: ['record'] }),
  }

  #shown: Output | undefined

  /** On a terminal the lines of a log must not run into the table. */
  protected override logger(flags: { quiet?: boolean; verbose?: boolean }): Logger {
    const logger = super.logger(flags)
    return this.#shown ? this.#shown.beside(logger) : logger
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Scan)
    const { duration, enrolmentFile, mqttPassword, speed, zones } = await import('../cli/scan/flags.ts')
    const { counted, output } = await import('../cli/scan/views.ts')
    const { scan } = await import('../cli/scan/scan.ts')
    const { systemClock } = await import('../base/clock.ts')
    const { defaultSecretPath } = await import('../config/pseudonym-secret-path.ts')

    const { env } = process
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    const shown = output(this.jsonEnabled() ? 'none' : flags.output, process.stdout, { utc: flags.utc, signal: this.signal })
    this.#shown = shown
    const counters = await scan({
      ...{ source: flags.source, receiver: flags.receiver, zones: zones(flags.zone ?? []), k: flags['min-count'], share: flags.share },
      enrolment: await enrolmentFile(flags.enrolment, env),
      secretFile: flags['secret-file'] ?? defaultSecretPath(env),
      speed: speed(flags.speed),
      record: flags.record === undefined ? undefined : { file: flags.record, raw: flags.raw },
      mqttPassword: await mqttPassword(flags['password-file'], env),
      openBus: flags.publish ? () => this.openBus(flags, { spool: true }) : undefined,
      sinks: shown.sinks,
      metricsAt: flags.metrics,
      ...{ env, clock: systemClock, logger: this.logger(flags) },
      signal: AbortSignal.any([this.signal, ...stop]),
    }).finally(() => shown.end())
    this.logger(flags).info(counted(counters))
    return { counters }
  }
}
