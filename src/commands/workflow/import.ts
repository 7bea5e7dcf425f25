import { Args, Flags } from '@oclif/core'
import { reportOf } from '../../cli/error-report.ts'
import { metricsFlag } from '../../cli/metrics-flag.ts'
import { PrintCommand } from '../../cli/print-command.ts'

const LOG = 'LOG'
const PEOPLE = 'PEOPLE'
const OUTPUT = 'OUTPUT'

export default class WorkflowImport extends PrintCommand {
  static override summary = 'Event logs of finance workflows into workflow_events.'
  static override description =
    `XES, OCEL 2.0 (JSON, XML, SQLite), CSV and NDJSON, each also gzipped, told by their content. Events go out in order of time, each once: what is on the bus is not
written again, so an import that was repeated, or killed and repeated, leaves each event there once. Bad events go to workflow_events.dlq with file and line.

Names of people become keyed hashes (--people). --dry-run tells what is in a log, and which column plays which part.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> declarations.xes.gz --dry-run',
    '<%= config.bin %> <%= command.id %> invoices.csv --map "case=Invoice No,activity=Step,time=Done at" --zone Europe/Berlin',
    '<%= config.bin %> <%= command.id %> p2p.jsonocel --case-type "Purchase Order"',
    '<%= config.bin %> <%= command.id %> close.xes --shift 52w --speed 600x',
  ]
  static override strict = false
  static override args = { file: Args.string({ name: 'FILE', description: 'the log; more may follow', required: true }) }
  static override flags = {
    format: Flags.option({
      options: ['xes', 'csv', 'ndjson', 'ocel-json', 'ocel-xml', 'ocel-sqlite'] as const,
      summary: 'Format, where the content does not tell.',
      helpGroup: LOG,
    })(),
    map: Flags.string({
      char: 'm',
      summary:
        'Which column or attribute plays which part: case, activity, time, start, lifecycle, resource, team, amount …; may be repeated.',
      helpValue: 'PART=NAME,…',
      helpGroup: LOG,
      multiple: true,
      multipleNonGreedy: true,
    }),
    zone: Flags.string({ summary: 'Where times without a zone were written; default UTC.', helpValue: 'ZONE', helpGroup: LOG }),
    process: Flags.string({ summary: "Name of the process; default the log's own, or the file's.", helpValue: 'NAME', helpGroup: LOG }),
    'case-type': Flags.string({ summary: 'OCEL: the object type whose objects are the cases.', helpValue: 'TYPE', helpGroup: LOG }),
    classifier: Flags.string({ summary: 'XES: the classifier of the log that makes the activity.', helpValue: 'NAME', helpGroup: LOG }),
    'date-order': Flags.option({ options: ['dmy', 'mdy'] as const, summary: 'CSV: day or month first in 03/04/2026.', helpGroup: LOG })(),
    delimiter: Flags.string({ summary: 'CSV: what parts the fields.', helpValue: 'CHAR', helpGroup: LOG }),
    encoding: Flags.string({ summary: 'Encoding of the text, such as windows-1252.', helpValue: 'NAME', helpGroup: LOG }),
    people: Flags.option({
      options: ['hash', 'keep', 'drop'] as const,
      summary: 'Names of people: keyed hashes, as they are, or left out.',
      helpGroup: PEOPLE,
      default: 'hash' as const,
    })(),
    'people-attribute': Flags.string({
      summary: 'One more attribute, or object type, that names people; may be repeated.',
      helpValue: 'NAME',
      helpGroup: PEOPLE,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'secret-file': Flags.string({ summary: 'Key of the hashes; default the one of scan.', helpValue: 'FILE', helpGroup: PEOPLE }),
    order: Flags.option({
      options: ['time', 'file'] as const,
      summary: 'Write in order of time over all files, or as it is read.',
      helpGroup: OUTPUT,
      default: 'time' as const,
    })(),
    speed: Flags.string({
      summary: "Keep the log's own gaps, times this: 1x, 600x; max does not wait.",
      helpValue: '1x|10x|max',
      helpGroup: OUTPUT,
    }),
    shift: Flags.string({ summary: 'Move all times by so much: an old log to the present.', helpValue: 'TIME', helpGroup: OUTPUT }),
    publish: Flags.boolean({ summary: 'Put the records on the bus.', helpGroup: OUTPUT, default: true, allowNo: true }),
    output: Flags.option({
      char: 'o',
      options: ['none', 'ndjson'] as const,
      summary: 'Print the records, as tail does.',
      helpGroup: OUTPUT,
      default: 'none' as const,
    })(),
    metrics: metricsFlag(OUTPUT),
    'dry-run': Flags.boolean({ summary: 'Tell what is in the logs, write nothing.', helpGroup: OUTPUT }),
  }

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(WorkflowImport)
    const { importLogs } = await import('../../cli/workflow/import.ts')
    const { readOptions } = await import('../../cli/workflow/read-flags.ts')

    const logger = this.logger(flags)
    const settings = {
      ...{
        read: readOptions(flags),
        people: flags.people,
        peopleAttributes: flags['people-attribute'] ?? [],
        secretFile: flags['secret-file'],
      },
      ...{ order: flags.order, speed: flags.speed, shift: flags.shift, publish: flags.publish ?? true, print: flags.output === 'ndjson' },
      ...{ dryRun: flags['dry-run'] ?? false, quiet: flags.quiet || this.jsonEnabled(), utc: flags.utc },
    }
    const { result, text, note, failure } = await importLogs(argv as string[], settings, {
      ...{ openBus: () => this.openBus(flags, { spool: true }), stderr: process.stderr, env: process.env, logger, signal: this.signal },
      metricsAt: flags.metrics,
    })
    this.print(text)
    if (note !== '') logger.info(note)
    if (!failure) return result
    if (!this.jsonEnabled()) throw failure
    process.exitCode = failure.exit
    return { ...result, error: reportOf(failure) }
  }
}
