import { Command, Flags } from '@oclif/core'
import type { ArgInput, FlagInput, Input, OutputArgs, OutputFlags, ParserOutput } from '@oclif/core/interfaces'
import { isOurs, type Side } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { openBus } from '../bus/open.ts'
import { behindFlags } from '../config/behind-flags.ts'
import { resolveBus } from '../config/bus-url.ts'
import { loadConfig } from '../config/load.ts'
import type { SectionName } from '../config/sections/index.ts'
import { setConfiguredColor } from './color.ts'
import { type ErrorReport, formatError, reportOf } from './error-report.ts'
import { onTypedBus } from './on-typed-bus.ts'
import { createStderrLogger } from './stderr-logger.ts'
import { Stopper } from './stopper.ts'

/** The flags that mean the same everywhere (CLI.md). */
const GLOBAL = 'GLOBAL'
export const globalFlags = {
  bus: Flags.string({
    summary: 'Where the events are: embedded:DIR or kafka://HOST:PORT,….',
    helpValue: 'URL',
    helpGroup: GLOBAL,
    env: 'SHITOPS_BUS',
  }),
  config: Flags.string({
    summary: 'Configuration file instead of the ones found by default.',
    helpValue: 'FILE',
    helpGroup: GLOBAL,
    env: 'SHITOPS_CONFIG',
  }),
  quiet: Flags.boolean({ char: 'q', summary: 'Only results and errors.', helpGroup: GLOBAL, exclusive: ['verbose'] }),
  verbose: Flags.boolean({ char: 'v', summary: 'Say more on stderr; stack traces on errors.', helpGroup: GLOBAL }),
  'no-color': Flags.boolean({ summary: 'No colour, whatever the terminal can do.', helpGroup: GLOBAL }),
  utc: Flags.boolean({ summary: 'Show times in UTC instead of the local zone.', helpGroup: GLOBAL }),
}

/** What every command shares: the global flags, the bus, the stop signal, and errors in one shape. No logic of its own. */
export abstract class BaseCommand extends Command {
  static override baseFlags = globalFlags
  static override enableJsonFlag = true
  /** Section of the configuration whose settings stand behind the flags of the same names. */
  static section: SectionName | undefined
  /** False for a command that must work however wrong the configuration is. */
  static needsConfig = true

  /** Flag that names a second bus: one to write to, or to compare with. */
  static targetFlag: string | undefined

  #stopper: Stopper | undefined
  /** The buses that were typed; one of the environment or the configuration is there for the next command as well. */
  readonly #typed: Partial<Record<Side, string>> = {}
  readonly #buses: Bus[] = []

  /** Aborts on the first Ctrl-C or SIGTERM; the second ends the process at once. The command then drains and returns. */
  protected get signal(): AbortSignal {
    this.#stopper ??= new Stopper()
    return this.#stopper.signal
  }

  /** The flags, and behind those that nobody typed the configuration. */
  protected override async parse<F extends OutputFlags<FlagInput>, B extends OutputFlags<FlagInput>, A extends OutputArgs<ArgInput>>(
    options?: Input<F, B, A>,
    argv?: string[],
  ): Promise<ParserOutput<F, B, A>> {
    typedOnly(options?.args ?? this.ctor.args)
    const parsed = await super.parse(options, argv)
    const { needsConfig, section, targetFlag } = this.constructor as typeof BaseCommand
    const { bus, [targetFlag ?? '']: target }: Record<string, string | undefined> = parsed.flags
    if (bus !== undefined && bus !== process.env.SHITOPS_BUS) this.#typed.source = bus
    if (target !== undefined) this.#typed.target = target
    if (!needsConfig) return parsed
    const { config } = await loadConfig({ config: parsed.flags.config })
    setConfiguredColor(config.output.color)
    const settings = { utc: config.output.utc, ...(section && config[section]) }
    const typed = (flag: string) => flag in parsed.flags && !parsed.metadata.flags?.[flag]?.setFromDefault
    return { ...parsed, flags: behindFlags(parsed.flags, settings, typed) }
  }

  /** Commands that a person is told to type next, on the bus that was typed. */
  protected onTypedBus(text: string, side: Side = 'source'): string {
    return onTypedBus(text, this.#typed[side] ?? this.#typed.source)
  }

  protected logger(flags: { quiet?: boolean; verbose?: boolean }): Logger {
    return createStderrLogger({ level: flags.quiet ? 'error' : flags.verbose ? 'debug' : 'info' })
  }

  /**
   * Open the bus that the flags, the environment or the configuration name; closed when the command ends.
   * @param options with `spool` the command is a collector: what it writes waits in its spool while the brokers are away, where there is one
   */
  protected async openBus(
    flags: { bus?: string | undefined; config?: string | undefined; quiet?: boolean; verbose?: boolean },
    { spool = false, ...options }: { readOnly?: boolean; mustExist?: boolean; spool?: boolean } = {},
  ): Promise<Bus> {
    const { url, secrets } = await resolveBus(flags)
    const bus = await openBus(url, {
      logger: this.logger(flags),
      secrets,
      ...options,
      ...(spool && this.id && { spool: this.id.replaceAll(':', '-') }),
    })
    this.#buses.push(bus)
    return bus
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    for (const bus of this.#buses) await bus.close()
    const stoppedBy = this.#stopper?.release()
    if (stoppedBy && !error) process.exitCode = stoppedBy === 'SIGINT' ? 130 : 143
    // What fails or is stopped while it reads standard input would go on waiting for more.
    if ((error || stoppedBy) && !process.stdin.isTTY) process.stdin.destroy()
    await super.finally(error)
  }

  /** One shape for every failure, and the same exit code with and without --json (oclif 4 loses it: docs/adr/0004). */
  protected override async catch(error: Error): Promise<void> {
    const report = this.report(error)
    if (report.exit === 0) return
    process.exitCode = report.exit
    if (this.jsonEnabled()) {
      process.stdout.write(`${JSON.stringify({ error: report })}\n`)
      return
    }
    process.stderr.write(
      `${formatError(report, { stack: this.argv.includes('--verbose') || this.argv.includes('-v') ? error.stack : undefined })}\n`,
    )
  }

  override toErrorJson(error: unknown): { error: ErrorReport } {
    return { error: this.report(error) }
  }

  /** What is told of a failure. */
  protected report(error: unknown): ErrorReport {
    const { flags, baseFlags, args } = this.ctor
    const report = reportOf(error, { id: this.id, flags: { ...flags, ...baseFlags }, args })
    const side = isOurs(error) ? error.side : undefined
    return { ...report, suggestions: report.suggestions.map((text) => this.onTypedBus(text, side)) }
  }
}

/** For oclif what is on standard input is an argument that nobody typed. Here it is records, keys or a script, never the name of a topic to delete. */
function typedOnly(args: ArgInput): void {
  for (const arg of Object.values(args)) arg.ignoreStdin = true
}
