import { readFileSync } from 'node:fs'
import { type Acl, parseAcl } from './acl-text.ts'

const PAGE = new URL('../../../docs/kafka-acls.md', import.meta.url)

export interface AclRow {
  /** With its arguments and flags, as it is typed. */
  command: string
  acls: Acl[]
  /** Of these, one may be missing: something is left out then, and nothing refused. */
  optional: Set<string>
}

/** The rows of docs/kafka-acls.md: a command, what it needs, what it may have beside. */
export function aclRows(): AclRow[] {
  const lines = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `shitops '))
  return lines.map((line) => {
    const [, command = '', needed = '', optional = ''] = line.split('|').map((cell) => cell.trim())
    const ticked = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
    // Beside ACLs there are words about what each is good for.
    const beside = ticked(optional).filter((text) => /^[A-Z]\w+ (Topic|Group|TransactionalId|Cluster)\b/.test(text))
    return {
      command: ticked(command)[0] ?? '',
      acls: [...ticked(needed), ...beside].map(parseAcl),
      optional: new Set(beside),
    }
  })
}

/** The words before the first flag that name a command: `shitops alert notify --config x` is `alert notify`. */
export function wordsOf(command: string): string {
  const words = command.replace(/^shitops /, '').split(' ')
  const flag = words.findIndex((word) => word.startsWith('-'))
  return words.slice(0, flag < 0 ? words.length : flag).join(' ')
}
