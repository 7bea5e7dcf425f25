import { Flags } from '@oclif/core'
import { PrintCommand } from '../../cli/print-command.ts'
import { fileArgs, sourceFlags } from '../../cli/workflow/source-flags.ts'
import { LIFECYCLE } from '../../events/workflow-lifecycle.ts'

const MINING = 'MINING'
const MAP = 'MAP'

export default class WorkflowMine extends PrintCommand {
  static override summary = 'Discover a process from its events: map, variants, bottlenecks.'
  static override description = `\
What happens after what, how often and how long it takes; variants and the happy path; where the time goes; rework, hand-overs, load and batches. \
From files, or without one from the topic workflow_events. The map can be drawn as SVG, and as DOT and Mermaid text (docs/workflow-mine.md).

Load and hand-overs are told by team; --by person is for those who may know.`
  static override examples = [
    '<%= config.bin %> <%= command.id %> claims.xes.gz --svg claims.svg',
    '<%= config.bin %> <%= command.id %> --from @30d --process purchase-to-pay --half-life 7d',
    '<%= config.bin %> <%= command.id %> orders.csv --map case=Order,activity=Step,time=At --activities 1 --paths 0.9 --mermaid orders.mmd',
  ]
  static override args = fileArgs

  static override flags = {
    ...sourceFlags,
    'half-life': Flags.string({ summary: 'What is so much older weighs half as much.', helpValue: 'DURATION', helpGroup: MINING }),
    idle: Flags.string({ summary: 'A case that nothing was heard of for so long has ended.', helpValue: 'DURATION', helpGroup: MINING }),
    lifecycle: Flags.option({
      options: LIFECYCLE,
      summary: 'The events that are steps of the map.',
      helpGroup: MINING,
      default: 'completed' as const,
    })(),
    by: Flags.option({
      options: ['team', 'person'] as const,
      summary: 'Whose load and hand-overs are told.',
      helpGroup: MINING,
      default: 'team' as const,
    })(),
    top: Flags.integer({ summary: 'Rows of each table.', helpValue: 'N', helpGroup: MINING, default: 10, min: 1 }),
    svg: Flags.string({ summary: 'Draw the map into this file.', helpValue: 'FILE', helpGroup: MAP }),
    dot: Flags.string({ summary: 'Write it for Graphviz.', helpValue: 'FILE', helpGroup: MAP }),
    mermaid: Flags.string({ summary: 'Write it for Mermaid.', helpValue: 'FILE', helpGroup: MAP }),
    title: Flags.string({ summary: 'Heading of the map; the process where absent.', helpValue: 'TEXT', helpGroup: MAP }),
    activities: Flags.string({
      summary: 'Draw the most frequent activities that make up so much of all steps, 0 to 1.',
      helpValue: 'SHARE',
      helpGroup: MAP,
      default: '0.9',
    }),
    paths: Flags.string({
      summary: 'Draw the most frequent flows between them that make up so much.',
      helpValue: 'SHARE',
      helpGroup: MAP,
      default: '0.8',
    }),
  }

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(WorkflowMine)
    const { durationFlag, shareFlag } = await import('../../cli/workflow/amount-flags.ts')
    const { drawPictures, mine } = await import('../../cli/workflow/mine.ts')
    const { formatModel } = await import('../../cli/workflow/mine-view.ts')

    const drawn = { activities: shareFlag('activities', flags.activities), paths: shareFlag('paths', flags.paths) }
    const options = {
      halfLifeMs: durationFlag('half-life', flags['half-life']),
      idleMs: durationFlag('idle', flags.idle),
      lifecycle: flags.lifecycle,
      by: flags.by,
    }
    const logger = this.logger(flags)
    const open = () => this.openBus(flags, { readOnly: true })
    const { model, processes, counts } = await mine(args.files ?? [], flags, options, {
      open,
      logger,
      signal: this.signal,
      now: Date.now(),
    })
    if (model.steps === 0) {
      logger.warn(counts.events === 0 ? 'there are no events' : `no event is ${flags.lifecycle}; --lifecycle names another`)
    }
    if (processes.length > 1) logger.warn(`the map is of several processes: ${processes.join(', ')}; --process takes one`)
    const title = flags.title ?? (processes.join(', ') || 'Process')
    const files = await drawPictures(model, flags, { ...drawn, title })
    for (const file of files) logger.info(`The map is in ${file}.`)
    this.print(formatModel(model, flags.top, process.stdout.isTTY ? process.stdout.columns : undefined))
    return { model, processes, counts, files }
  }
}
