import { Flags } from '@oclif/core'
import { ShitopsError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'
import { type ErrorReport, formatError, reportOf } from '../../cli/error-report.ts'
import { connectionFlags } from '../../cli/gnmi/connection-flags.ts'
import { subscriptionFlags } from '../../cli/gnmi/subscription-flags.ts'
import { metricsFlag } from '../../cli/metrics-flag.ts'

const OUTPUT = 'OUTPUT'

export default class GnmiSubscribe extends BaseCommand {
  static override summary = 'Collect streaming telemetry from network devices and laptops.'
  static override description =
    `Records go to device_telemetry (every notification, lossless, and facts about the streams: connected, synced, stale, lost) and
device_metrics (normalised samples). Streams that end are made again; when the bus is slow the targets are slowed, and nothing is dropped.

TLS is spoken unless --insecure says otherwise. Passwords come from files or the environment, never from the command line.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> -a switch1:57400 --username admin --password-file pw --path /interfaces/interface/state/counters',
    '<%= config.bin %> <%= command.id %> -a 127.0.0.1:57400 --insecure --path /system --mode once --output event --no-publish',
    '<%= config.bin %> <%= command.id %> -a leaf1:6030 -a leaf2:6030 --tls-ca ca.pem --path /interfaces --on-change /system/state',
  ]
  static override flags = {
    ...connectionFlags,
    ...subscriptionFlags,
    output: Flags.option({
      char: 'o',
      summary: 'table: the streams, redrawn in place on a terminal, lines elsewhere; event, json, flat: the data; ndjson: the records.',
      helpGroup: OUTPUT,
      options: ['table', 'event', 'json', 'flat', 'ndjson'] as const,
      default: 'table' as const,
    })(),
    mapping: Flags.string({
      summary: 'Your own rules for device_metrics, before the built-in ones (docs/gnmi-metrics.md); may be repeated.',
      helpValue: 'FILE',
      helpGroup: OUTPUT,
      multiple: true,
      multipleNonGreedy: true,
    }),
    publish: Flags.boolean({ summary: 'Put the records on the bus.', helpGroup: OUTPUT, default: true, allowNo: true }),
    'calculate-latency': Flags.boolean({ summary: 'Tell how late notifications come: received minus sent.', helpGroup: OUTPUT }),
    metrics: metricsFlag(OUTPUT),
    duration: Flags.string({ summary: 'Stop after this long.', helpValue: 'TIME', helpGroup: OUTPUT }),
  }

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(GnmiSubscribe)
    const { subscribeTargets } = await import('../../cli/gnmi/subscribe-targets.ts')
    const { subscribe } = await import('../../cli/gnmi/subscribe.ts')
    const { loadMappings } = await import('../../collectors/gnmi/normalise/built-in-mappings.ts')
    const { duration } = await import('../../cli/scan/flags.ts')
    const { systemClock } = await import('../../base/clock.ts')
    const { gnmiSettings } = await import('../../config/gnmi/settings.ts')
    const { loadConfig } = await import('../../config/load.ts')

    const logger = this.logger(flags)
    const { env, stdout, stderr } = process
    const settings = gnmiSettings((await loadConfig({ config: flags.config })).entries, env)
    const stop = flags.duration === undefined ? [] : [AbortSignal.timeout(duration(flags.duration))]
    // What watches files and the bus lives no longer than the run, however that ends.
    const over = new AbortController()
    const signal = AbortSignal.any([this.signal, over.signal, ...stop])
    const typed = new Set(raw.flatMap((token) => (token.type === 'flag' ? [token.flag] : [])))
    const around = { clock: systemClock, logger, signal }
    if (this.jsonEnabled() && flags.output !== 'table') throw oneDocument(flags.output)
    const files = [...(flags.mapping ?? []), ...settings.mappings]
    // A file of the user's is looked at also where no sample is made.
    const mappings = files.length > 0 ? await loadMappings(files) : undefined
    try {
      const bus = flags.publish ? await this.openBus(flags, { spool: true }) : undefined
      const { counters, failures } = await subscribe({
        ...(await subscribeTargets(flags, { settings, typed, bus, env, ...around })),
        mappings: async () => mappings ?? loadMappings(),
        output: this.jsonEnabled() ? 'none' : flags.output,
        metricsAt: flags.metrics,
        latency: flags['calculate-latency'],
        ...{ bus, stdout, stderr, utc: flags.utc, quiet: flags.quiet || this.jsonEnabled() },
        ...around,
      })
      return { counters, ...(failures.length > 0 && (await this.#failed(failures.map((failure) => reportOf(failure))))) }
    } finally {
      over.abort()
    }
  }

  /** All of them for a person; for `--json` the members of the document. The exit code is that of the worst. */
  async #failed(failures: readonly ErrorReport[]): Promise<object> {
    const { worstOf } = await import('../../cli/gnmi/each-target.ts')
    if (!this.jsonEnabled()) for (const report of failures) process.stderr.write(`${formatError(report)}\n`)
    const error = worstOf(failures, 1)
    process.exitCode = error?.exit
    return { failures, error }
  }
}

const oneDocument = (output: string) =>
  new ShitopsError('SHITOPS_E_USAGE', `--json is one document with the counts, and --output ${output} is lines of data`, {
    suggestions: [`--output ${output}, without --json`],
  })
