import { CODE } from './codes.ts'

/** What the broker was asked when it refused, as the modules of this folder say it, and the operation that it asks permission for. */
const OPERATIONS: ReadonlyArray<readonly [asked: RegExp, operation: string]> = [
  [/^reading /, 'Read'],
  [/^(?:writing to|adding "[^"]+" to transaction) /, 'Write'],
  [/^(?:adding group|joining|heartbeat of|committing for|committing offsets of|setting offsets of) /, 'Read'],
  [/^(?:opening |)transactional writer |^(?:committing|aborting) transaction /, 'Write'],
  [/^creating /, 'Create'],
  [/^deleting /, 'Delete'],
  [/^changing settings of /, 'AlterConfigs'],
  [/^(?:adding partitions to|moving|taking back moves|electing leaders)/, 'Alter'],
  [/^settings of /, 'DescribeConfigs'],
  [/^asking for a producer id/, 'IdempotentWrite'],
]

/**
 * The permission that a user lacks, as docs/kafka-acls.md writes it: `Read Topic:orders`. Where nothing else is known it is Describe, which Read, Write
 * and Delete imply.
 * @param code of the refusal
 * @param what was asked: `reading "orders" partition 0`
 */
export function missingAcl(code: number, what: string): string {
  const operation = OPERATIONS.find(([asked]) => asked.test(what))?.[1] ?? 'Describe'
  const [resource, name] = resourceOf(code, what)
  return name === undefined ? `${operation} ${resource}` : `${operation} ${resource}:${name}`
}

function resourceOf(code: number, what: string): [resource: string, name?: string] {
  // A writer and a group are told apart from the topic that both may be about.
  const writer = /transaction(?:al writer)? "([^"]+)"/.exec(what)
  const group = /group "([^"]+)"/.exec(what)
  const rest = what.replace(writer?.[0] ?? '', '').replace(group?.[0] ?? '', '')
  if (code === CODE.TOPIC_AUTHORIZATION_FAILED) return named('Topic', /"([^"]+)"/.exec(rest))
  if (code === CODE.GROUP_AUTHORIZATION_FAILED) return named('Group', group)
  if (code === CODE.TRANSACTIONAL_ID_AUTHORIZATION_FAILED) return named('TransactionalId', writer)
  return ['Cluster']
}

const named = (resource: string, found: RegExpExecArray | null): [string, string?] =>
  found?.[1] === undefined ? [resource] : [resource, found[1]]
