import { formatDuration } from '../../base/duration.ts'
import type { CommitStep } from '../../collectors/gnmi/request/extensions.ts'
import type { SetOperation, SetPlan } from '../../collectors/gnmi/request/set.ts'
import type { SetResult } from '../../collectors/gnmi/request/set-response.ts'
import { plural } from '../amounts.ts'
import { type Column, formatTable } from '../table.ts'
import { formatTime } from '../times.ts'

/** What would be sent, in one line: for the question whether it should. Values are left out: they may be secrets. */
export function planLine({ operations, commit }: SetPlan, targets: readonly string[]): string {
  const where = targets.length === 1 ? targets[0] : plural(targets.length, 'target')
  const what = operations.map(({ op, path }) => `${op} ${path}`)
  if (commit) what.unshift(commitLine(commit))
  const shown = what.length > 4 ? [...what.slice(0, 3), `and ${what.length - 3} more`] : what
  return `this would set ${where}: ${shown.join(', ')}`
}

const OPERATION_COLUMNS: ReadonlyArray<Column<SetOperation>> = [
  { name: 'operation', value: ({ op }) => op },
  { name: 'path', value: ({ path }) => path },
  { name: 'type', value: ({ type }) => type ?? null },
  { name: 'value', value: ({ value }) => value ?? null },
]

/** What would be sent, for a person, and as protojson. @param json the request in protobuf's JSON mapping */
export function formatDryRun({ operations, prefix, request, commit }: SetPlan, targets: readonly string[], json: object): string {
  const target = request.prefix?.target
  return [
    targets.length > 0 ? `would be sent to ${targets.join(', ')}, each in one transaction:` : 'would be sent in one transaction:',
    ...(prefix ? [`prefix ${prefix}`] : []),
    ...(target ? [`target ${target}`] : []),
    ...(commit ? [commitLine(commit)] : []),
    ...(operations.length > 0 ? [formatTable(operations, OPERATION_COLUMNS, { header: true })] : []),
    '',
    JSON.stringify(json, null, 2),
    '',
  ].join('\n')
}

function commitLine(commit: CommitStep): string {
  switch (commit.action) {
    case 'commit': {
      const after = commit.rollbackAfter === undefined ? "within the target's own time" : `within ${formatDuration(commit.rollbackAfter)}`
      return `commit ${commit.id}, undone unless it is confirmed ${after}`
    }
    case 'set_rollback_duration':
      return `commit ${commit.id} is to wait ${formatDuration(commit.rollbackAfter)} from now`
    default:
      return `${commit.action} commit ${commit.id}`
  }
}

interface ResultRow {
  target: string
  /** ms since the epoch; null where the target does not say. */
  time: number | null
  operation: string
  path: string
}

/** What targets say they have done. */
export class SetTable {
  readonly #rows: ResultRow[] = []

  add(target: string, { timestamp, prefix, results }: SetResult): void {
    const time = timestamp === '0' ? null : Number(BigInt(timestamp) / 1_000_000n)
    for (const { op, path } of results) this.#rows.push({ target, time, operation: op, path: below(prefix, path) })
    // The confirmation of a commit has no operations, and a target may tell of none.
    if (results.length === 0) this.#rows.push({ target, time, operation: '-', path: '-' })
  }

  /** The rows with a line break at the end; '' where there are none. */
  text({ utc, width }: { utc: boolean; width: number | undefined }): string {
    if (this.#rows.length === 0) return ''
    const columns: ReadonlyArray<Column<ResultRow>> = [
      { name: 'target', value: ({ target }) => target },
      { name: 'operation', value: ({ operation }) => operation },
      { name: 'path', value: ({ path }) => path },
      { name: 'time', value: ({ time }) => (time === null ? null : formatTime(time, utc)) },
    ]
    return `${formatTable(this.#rows, columns, { header: true, width })}\n`
  }
}

/** A result's path below the prefix of the answer. */
function below(prefix: string, path: string): string {
  if (prefix === '') return path
  return path === '/' ? prefix : `${prefix.replace(/\/$/, '')}${path}`
}

/** What is odd about the results of a Set that went well; undefined where nothing is. */
export function oddResults({ operations }: SetPlan, { results }: SetResult): string | undefined {
  const said = results.find(({ message }) => message)
  if (said) return `the target says of ${said.op} ${said.path}: ${said.message}`
  if (results.length === operations.length) return undefined
  return `the target reports ${plural(results.length, 'result')} of ${plural(operations.length, 'operation')}; look whether all is done`
}
