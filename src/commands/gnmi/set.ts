import { Flags } from '@oclif/core'
import { connectionFlags } from '../../cli/gnmi/connection-flags.ts'
import { RequestCommand } from '../../cli/gnmi/request-command.ts'
import type { ConnectionTarget } from '../../cli/gnmi/targets.ts'
import type { SetPlan } from '../../collectors/gnmi/request/set.ts'
import { VALUE_TYPES } from '../../collectors/gnmi/request/value-types.ts'

const REQUEST = 'REQUEST'
const COMMIT = 'COMMIT CONFIRMED'
const SAFETY = 'SAFETY'

export default class GnmiSet extends RequestCommand {
  static override summary = 'Change the configuration of gNMI targets.'
  static override description = [
    'All operations are one transaction. A target does deletes first, then replaces, then updates, each in the order given. Without --yes nothing is sent.',
    `A value is PATH:=JSON, or PATH:TYPE=VALUE with a type of ${VALUE_TYPES.join(', ')}. VALUE may be @FILE, or @- for stdin, which also keeps secrets off the command line; @@ begins a text with @.`,
    'A request file is YAML or JSON: {prefix, target, delete: [PATH], replace: [{path, value, encoding}], update: […], union_replace: […]}.',
    'Several targets are set one after the other; when one fails, those after it are not touched. Nothing is ever sent twice.',
  ].join('\n\n')
  static override examples = [
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 --update \'/system/config/hostname:="leaf1"\' --dry-run',
    "<%= config.bin %> <%= command.id %> -a leaf1:57400 --update '/interfaces/interface[name=eth0]/config/mtu:=9000' --yes",
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 --request-file change.yaml --commit-id c1 --rollback-after 5m --yes',
    '<%= config.bin %> <%= command.id %> -a leaf1:57400 --commit-id c1 --commit-confirm --yes',
  ]
  static override flags = {
    delete: Flags.string({
      summary: 'Remove what is there.',
      helpValue: 'PATH',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
    }),
    replace: Flags.string({
      summary: 'Put this in place of what is there.',
      helpValue: 'PATH:=JSON',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
    }),
    update: Flags.string({
      summary: 'Add this to what is there.',
      helpValue: 'PATH:=JSON',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'union-replace': Flags.string({
      summary: 'The whole configuration, in parts of several origins.',
      helpValue: 'PATH:=JSON',
      helpGroup: REQUEST,
      multiple: true,
      multipleNonGreedy: true,
    }),
    'request-file': Flags.string({ summary: 'The request in a file; - is stdin.', helpValue: 'FILE', helpGroup: REQUEST }),
    prefix: Flags.string({ summary: 'What all paths begin with.', helpValue: 'PATH', helpGroup: REQUEST }),
    encoding: Flags.option({
      char: 'e',
      summary: 'Type of the values that name none.',
      helpGroup: REQUEST,
      options: VALUE_TYPES,
      default: 'json_ietf' as const,
      helpValue: 'TYPE',
    })(),
    'commit-id': Flags.string({ summary: 'The target undoes it unless this commit is confirmed.', helpValue: 'ID', helpGroup: COMMIT }),
    'rollback-after': Flags.string({ summary: 'How long it waits for that.', helpValue: 'TIME', helpGroup: COMMIT }),
    'commit-confirm': Flags.boolean({ summary: 'Keep what was set.', helpGroup: COMMIT }),
    'commit-cancel': Flags.boolean({ summary: 'Undo it now.', helpGroup: COMMIT }),
    'commit-prolong': Flags.boolean({ summary: 'Wait for --rollback-after from now.', helpGroup: COMMIT }),
    yes: Flags.boolean({ char: 'y', summary: 'Do it.', helpGroup: SAFETY }),
    'dry-run': Flags.boolean({ summary: 'Print what would be sent, and send nothing.', helpGroup: SAFETY }),
    ...connectionFlags,
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(GnmiSet)
    const { requiredTargets, targetsOf } = await import('../../cli/gnmi/targets.ts')
    const { setPlan } = await import('../../cli/gnmi/set-spec.ts')
    const { formatDryRun, planLine } = await import('../../cli/gnmi/set-view.ts')
    const { confirmed } = await import('../../cli/confirm.ts')
    const { readStdin } = await import('../../cli/stdio.ts')

    const plan = await setPlan(flags, () => readStdin(this.signal))
    const { targets, timeout, warnings } = await (flags['dry-run'] ? targetsOf : requiredTargets)(flags, process.env)
    const names = targets.map(({ name }) => name)
    if (flags['dry-run']) {
      const { protoJson } = await import('../../collectors/gnmi/request/proto-json.ts')
      const request = protoJson(plan.request)
      this.print(formatDryRun(plan, names, request))
      return { dryRun: true, targets: names, operations: plan.operations, request }
    }
    confirmed(flags, '', planLine(plan, names))
    for (const warning of warnings) this.logger(flags).warn(warning)
    return this.#send(plan, targets, timeout, flags)
  }

  /** Target after target, up to the first that fails. */
  async #send(plan: SetPlan, targets: ConnectionTarget[], timeout: number, flags: { utc: boolean; quiet?: boolean }): Promise<unknown> {
    const { outcomeOf, targetReport } = await import('../../cli/gnmi/each-target.ts')
    const { oddResults, SetTable } = await import('../../cli/gnmi/set-view.ts')
    const { set } = await import('../../collectors/gnmi/request/set-response.ts')

    const { signal } = this
    const logger = this.logger(flags)
    const table = new SetTable()
    const answers: object[] = []
    let stopped = false
    for (const target of targets) {
      const source = target.name
      if (stopped || signal.aborted) {
        logger.warn(`${source}: not touched`)
        answers.push({ source, skipped: true })
        continue
      }
      const outcome = await outcomeOf(target, (connection) => set(connection, plan, { timeout, signal }), signal)
      if (outcome.error) {
        const report = targetReport(outcome)
        this.failed(report)
        answers.push({ source, error: report })
        stopped = true
        continue
      }
      const odd = oddResults(plan, outcome.result)
      if (odd) logger.warn(`${source}: ${odd}`)
      table.add(source, outcome.result)
      answers.push({ source, ...outcome.result, ...(odd && { warning: odd }) })
    }
    this.print(table.text({ utc: flags.utc, width: process.stdout.isTTY ? process.stdout.columns : undefined }))
    return { targets: answers, ...this.conclude(1) }
  }
}
