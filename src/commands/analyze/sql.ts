import { Args, Flags } from '@oclif/core'
import { ShitopsError } from '../../base/errors.ts'
import { BaseCommand } from '../../cli/base-command.ts'

export default class AnalyzeSql extends BaseCommand {
  static override summary = 'Run a Flink SQL script here: over topics, files, or both.'
  static override description =
    `Topics of shitops are tables by their names; CREATE TABLE makes others, as in Flink: filesystem (json, debezium-json), kafka, upsert-kafka, datagen, print, blackhole. The rows of the last SELECT go to stdout; INSERT INTO a topic runs as a job that goes on where it was; several processes that run the same job share its work.

It ends when its input does. Topics have no end: it follows them, unless --until-end is given.`
  static override examples = [
    `<%= config.bin %> <%= command.id %> "SELECT metric, COUNT(*) AS n FROM device_metrics GROUP BY metric" --until-end`,
    '<%= config.bin %> <%= command.id %> --file close.sql --output ndjson',
    '<%= config.bin %> <%= command.id %> --file q.sql --input device_metrics=recorded.ndjson',
    '<%= config.bin %> <%= command.id %> --file q.sql --engine flink --gateway http://127.0.0.1:8083 --bus kafka://127.0.0.1:9092',
  ]

  static override args = { text: Args.string({ name: 'SQL', description: 'the script; or give --file' }) }

  static override flags = {
    file: Flags.string({ char: 'f', summary: 'A file with the script; - is stdin.', helpValue: 'Q.sql' }),
    input: Flags.string({
      summary: 'A file that stands in for a topic: values, or what tail prints.',
      helpValue: 'TOPIC=FILE',
      multiple: true,
      default: [],
    }),
    output: Flags.option({
      char: 'o',
      options: ['table', 'ndjson', 'json-rows'] as const,
      summary: 'table to a terminal, ndjson (kind and fields) to a pipe.',
    })(),
    from: Flags.string({
      summary: 'Where topics are read from: earliest, latest, or a time (@15m, 2026-01-31T10:00Z).',
      helpValue: 'POSITION',
      default: 'earliest',
    }),
    'until-end': Flags.boolean({ summary: 'Stop at the ends that the topics have now.' }),
    engine: Flags.option({
      options: ['embedded', 'flink'] as const,
      summary: 'Run it here, or submit it to a Flink cluster.',
      default: 'embedded' as const,
    })(),
    gateway: Flags.string({
      summary: "URL of Flink's SQL gateway.",
      helpValue: 'URL',
      env: 'SHITOPS_FLINK_GATEWAY',
      default: 'http://127.0.0.1:8083',
    }),
    job: Flags.string({ summary: 'Name of the job that INSERT INTO a topic is: it goes on where it was.', helpValue: 'NAME' }),
    reset: Flags.boolean({ summary: 'Forget what the job remembers and where it was: it begins afresh at --from.' }),
    yes: Flags.boolean({ summary: 'With --reset: do not ask; rows that the job has written stay, and come once more.' }),
    'idle-timeout': Flags.string({
      summary: 'A partition with nothing new for so long holds time back no longer.',
      helpValue: 'DURATION',
      default: '10s',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(AnalyzeSql)
    const { runSql } = await import('../../cli/analyze/sql.ts')
    const { readSqlText } = await import('../../cli/analyze/sql-text.ts')
    const { parseDuration } = await import('../../base/duration.ts')
    const { startOf } = await import('../../cli/analyze/start.ts')
    if ((args.text === undefined) === (flags.file === undefined)) {
      throw new ShitopsError('SHITOPS_E_USAGE', 'give the script as an argument, or by --file', {
        suggestions: [`${this.config.bin} analyze sql "SELECT …"`],
      })
    }
    const text = args.text ?? (await readSqlText(flags.file as string))
    const { CollectedRows } = await import('../../cli/analyze/collected-rows.ts')
    const collected = this.jsonEnabled() ? new CollectedRows() : undefined
    if (flags.engine === 'flink') {
      const { runOnFlink } = await import('../../cli/analyze/flink.ts')
      const { resolveBus } = await import('../../config/bus-url.ts')
      const { url } = await resolveBus(flags)
      const remote = {
        text,
        gateway: flags.gateway,
        busUrl: url,
        output: collected || flags.output === 'json-rows' ? ('json-rows' as const) : ('ndjson' as const),
        untilEnd: flags['until-end'],
      }
      const jobs = await runOnFlink(remote, { stdout: collected ?? process.stdout, logger: this.logger(flags), signal: this.signal })
      return collected && { rows: await collected.rows(), jobs }
    }
    const inputs = new Map(flags.input.map((pair) => inputOf(pair)))
    const output = collected ? 'json-rows' : (flags.output ?? (process.stdout.isTTY ? 'table' : 'ndjson'))
    const start = startOf(flags.from, Date.now())
    const idleTimeout = parseDuration(flags['idle-timeout'])
    if (idleTimeout === undefined)
      throw new ShitopsError('SHITOPS_E_USAGE', `--idle-timeout ${flags['idle-timeout']} is no duration`, {
        suggestions: ['--idle-timeout 10s'],
      })
    if (flags.reset && !flags.yes) {
      throw new ShitopsError('SHITOPS_E_CONFIRM', '--reset makes the job write its rows once more, beside those that are there', {
        suggestions: ['--reset --yes'],
      })
    }
    const options = { text, reset: flags.reset, inputs, output, start, untilEnd: flags['until-end'], job: flags.job, idleTimeout }
    const summary = await runSql(options, {
      open: () => this.openBus(flags),
      rows: collected ?? process.stdout,
      // What the print connector says is no part of a document.
      stdout: collected ? process.stderr : process.stdout,
      logger: this.logger(flags),
      signal: this.signal,
      columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    })
    return collected && { rows: await collected.rows(), ...summary }
  }
}

function inputOf(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 1) throw new ShitopsError('SHITOPS_E_USAGE', `--input ${pair}: TOPIC=FILE is wanted`)
  return [pair.slice(0, equals), pair.slice(equals + 1)]
}
