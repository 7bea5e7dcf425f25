import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { parseAllDocuments } from 'yaml'
import { TOPICS } from '../../src/events/topics.ts'
import { type AclRow, aclRows, wordsOf } from '../support/kafka/acl-rows.ts'
import { parseAcl } from '../support/kafka/acl-text.ts'

/** A rule of a KafkaUser, as Strimzi has it. */
interface Rule {
  resource: { type: 'topic' | 'group' | 'transactionalId' | 'cluster'; name?: string; patternType?: 'literal' | 'prefix' }
  operations: string[]
}
/** What a rule allows beside what it says, by Kafka's authorizer. */
const IMPLIED: Readonly<Record<string, readonly string[]>> = {
  Describe: ['Read', 'Write', 'Delete', 'Alter'],
  DescribeConfigs: ['AlterConfigs'],
}
/** They run a notifier beside what they do (`--notify`, or receivers in the configuration), so their users may do what `alert notify` does. */
const NOTIFIERS = ['serve', 'analyze']

const documents = (file: string) =>
  parseAllDocuments(readFileSync(`deploy/k8s/${file}`, 'utf8'), { merge: true }).map((document) => document.toJS())

/** Each program of shitops.yaml: the words of its command, and the parameters of its bus. */
const programs: Array<{ words: string; user: string; spool: boolean }> = documents('shitops.yaml').flatMap(({ kind, spec }) => {
  if (kind !== 'Deployment' && kind !== 'StatefulSet') return []
  return spec.template.spec.containers.map(({ args, env }: { args: string[]; env: Array<{ name: string; value?: string }> }) => {
    const { searchParams } = new URL(env.find(({ name }) => name === 'SHITOPS_BUS')?.value ?? '')
    return { words: wordsOf(args.join(' ')), user: searchParams.get('saslUsername') ?? '', spool: searchParams.has('spool') }
  })
})
const users = new Map<string, Rule[]>(
  documents('kafka.yaml').flatMap(({ kind, metadata, spec }) => (kind === 'KafkaUser' ? [[metadata.name, spec.authorization.acls]] : [])),
)

function allows({ resource: { type, name = '', patternType }, operations }: Rule, text: string): boolean {
  const { operation, resource, name: wanted, prefixed } = parseAcl(text)
  if (resource.toLowerCase() !== type.toLowerCase()) return false
  if (![operation, ...(IMPLIED[operation] ?? [])].some((one) => operations.includes(one))) return false
  if (type === 'cluster' || (patternType === 'literal' && name === '*')) return true
  return patternType === 'prefix' ? wanted.startsWith(name) : !prefixed && wanted === name
}

const rows = aclRows()
const rowsOf = (words: string): AclRow[] => {
  const all = NOTIFIERS.includes(words) ? [words, 'alert notify'] : [words]
  return rows.filter(({ command }) => all.includes(wordsOf(command)))
}

/** All that a program may need, by docs/kafka-acls.md. */
function needsOf({ words, spool }: { words: string; spool: boolean }): string[] {
  const acls = rowsOf(words).flatMap((row) => row.acls.map(({ text }) => ({ text, needed: !row.optional.has(text) })))
  const topics = (texts: readonly string[]) => texts.flatMap((text) => /^\w+ Topic:(.+)/.exec(text)?.[1] ?? [])
  const needed = acls.filter((acl) => acl.needed).map(({ text }) => text)
  // Nobody makes topics before these programs do.
  const made = topics(needed).map((topic) => `Create Topic:${topic}`)
  const written = topics(needed.filter((text) => text.startsWith('Write')))
  const forwarding = ['Write TransactionalId:forward.*', 'Read Group:forward.*', ...written.map((topic) => `Read Topic:${topic}`)]
  return [...new Set([...acls.map(({ text }) => text), ...made, ...(spool ? forwarding : [])])]
}

describe('users of deploy/k8s/kafka.yaml', () => {
  it('there is one for every program of deploy/k8s/shitops.yaml', () => {
    expect(programs.length).to.be.above(4)
    expect(new Set(programs.map(({ user }) => user))).to.deep.equal(new Set(users.keys()))
  })

  for (const program of programs) {
    const { words, user } = program
    it(`${user} may do what ${words} needs by docs/kafka-acls.md`, () => {
      expect(rowsOf(words).length, 'rows').to.be.above(0)
      const rules = users.get(user) ?? []
      expect(needsOf(program).filter((text) => !rules.some((rule) => allows(rule, text)))).to.deep.equal([])
    })
  }

  it('no rule allows what nothing needs, but for those about everything of a kind', () => {
    for (const [user, rules] of users) {
      const needs = programs.filter((program) => program.user === user).flatMap(needsOf)
      for (const rule of rules.filter(({ resource: { type, name } }) => type !== 'cluster' && name !== '*')) {
        const unneeded = rule.operations.filter((operation) => !needs.some((text) => allows({ ...rule, operations: [operation] }, text)))
        expect(unneeded, `${user}: ${rule.resource.name}`).to.deep.equal([])
      }
    }
  })
})

describe('topics of docs/kafka-acls.md', () => {
  it('every topic of ours is written by a command that has a row', () => {
    const acls = rows.flatMap((row) => row.acls)
    const unwritten = Object.keys(TOPICS).filter(
      (topic) =>
        !acls.some(({ text, name, prefixed }) => text.startsWith('Write Topic:') && (prefixed ? topic.startsWith(name) : topic === name)),
    )
    expect(unwritten).to.deep.equal([])
  })
})
