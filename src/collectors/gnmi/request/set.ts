import { ShitopsError } from '../../../base/errors.ts'
import { formatPath } from '../path/format.ts'
import type { PathMessage } from '../path/path.ts'
import { type CommitStep, commitExtension, type ExtensionMessage } from './extensions.ts'
import { type PrefixMessage, requestPaths } from './paths.ts'
import { pathOf } from './received-path.ts'
import { describeValue, type TypedValueMessage } from './typed-value.ts'

/** What a Set should do at one path. */
export interface SetValue {
  path: string
  value: TypedValueMessage
}

/** What a Set should do: paths as text, each list in the order in which it is done. */
export interface SetSpec {
  prefix?: string | undefined
  target?: string | undefined
  deletes: readonly string[]
  replaces: readonly SetValue[]
  updates: readonly SetValue[]
  unionReplaces: readonly SetValue[]
  commit?: CommitStep | undefined
}

/** A SetRequest as proto-loader takes it. */
export interface SetRequestMessage {
  prefix?: PrefixMessage
  delete?: PathMessage[]
  replace?: UpdateMessage[]
  update?: UpdateMessage[]
  union_replace?: UpdateMessage[]
  extension?: ExtensionMessage[]
}

interface UpdateMessage {
  path: PathMessage
  val: TypedValueMessage
}

/** One operation of a request, for people. */
export interface SetOperation {
  op: 'delete' | 'replace' | 'update' | 'union_replace'
  path: string
  /** `json_ietf`, `uint`, … */
  type?: string
  value?: string
}

/** A Set, ready to be sent. */
export interface SetPlan {
  request: SetRequestMessage
  /** In the order in which a target does them: deletes, replaces, updates (gNMI 3.4.3). */
  operations: SetOperation[]
  prefix: string
  commit: CommitStep | undefined
}

/** What the paths of a Set are called where it came from. */
export interface SetNames {
  prefix: string
  path(op: SetOperation['op'], index: number): string
}

const FLAGS: SetNames = { prefix: '--prefix', path: (op) => `--${op.replace('_', '-')}` }

/**
 * The one transaction that a Set is. Paths follow the rules of every request; a union_replace stands alone, with others of its kind.
 * @param names of where the paths stand, for errors
 * @throws SHITOPS_E_USAGE
 */
export function planSet(spec: SetSpec, names: SetNames = FLAGS): SetPlan {
  const { deletes, replaces, updates, unionReplaces, commit } = spec
  checkTogether(spec)
  const valued = [
    ...replaces.map((one, i) => ({ op: 'replace' as const, i, ...one })),
    ...updates.map((one, i) => ({ op: 'update' as const, i, ...one })),
    ...unionReplaces.map((one, i) => ({ op: 'union_replace' as const, i, ...one })),
  ]
  const { prefix, paths } = requestPaths({
    paths: [...deletes, ...valued.map(({ path }) => path)],
    prefix: spec.prefix,
    target: spec.target,
    names: {
      prefix: names.prefix,
      path: (at) => {
        const one = valued[at - deletes.length]
        return one ? names.path(one.op, one.i) : names.path('delete', at)
      },
    },
  })
  const below = paths.slice(deletes.length)
  const list = (op: SetOperation['op']): UpdateMessage[] =>
    valued.flatMap((one, i) => (one.op === op ? [{ path: below[i] as PathMessage, val: one.value }] : []))
  const lists = {
    delete: paths.slice(0, deletes.length),
    replace: list('replace'),
    update: list('update'),
    union_replace: list('union_replace'),
  }
  return {
    request: {
      ...(prefix && { prefix }),
      ...Object.fromEntries(Object.entries(lists).filter(([, entries]) => entries.length > 0)),
      ...(commit && { extension: [commitExtension(commit)] }),
    },
    operations: [
      ...lists.delete.map((path) => ({ op: 'delete' as const, path: formatPath(pathOf(path)) })),
      ...valued.map(({ op, value }, i) => {
        const { type, text } = describeValue(value)
        return { op, path: formatPath(pathOf(below[i])), type, value: text }
      }),
    ],
    prefix: prefix && (prefix.origin || prefix.elem.length > 0) ? formatPath(pathOf(prefix)) : '',
    commit,
  }
}

function checkTogether({ deletes, replaces, updates, unionReplaces, commit }: SetSpec): void {
  const others = deletes.length + replaces.length + updates.length
  const operations = others + unionReplaces.length
  if (unionReplaces.length > 0 && others > 0)
    throw usage('a union_replace replaces all there is, and stands alone in its request', 'a request for each')
  const begins = commit === undefined || commit.action === 'commit'
  if (begins && operations === 0)
    throw usage('there is nothing to set', '--update \'/system/config/hostname:="leaf1"\'', '--request-file FILE')
  if (!begins && operations > 0)
    throw usage('a commit under way cannot be added to: confirm, cancel or prolong it without operations', 'a request for each')
}

const usage = (what: string, ...next: string[]) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: next })
