import { readFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { expect } from 'chai'
import { aclRows, wordsOf } from '../support/kafka/acl-rows.ts'

/** Commands that take a bus and have no row of their own in docs/kafka-acls.md, each with the reason. */
const WITHOUT_ROW: Readonly<Record<string, string>> = {}

const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8')) as { commands: Record<string, object> }
const commands = Object.keys(manifest.commands)
const takesBus = (id: string) => /\bopenBus\(/.test(readFileSync(`src/commands/${id.replaceAll(':', '/')}.ts`, 'utf8'))

/** `topic:describe` of `topic describe orders`: the longest name of a command that the words begin with. */
function idOf(command: string): string | undefined {
  const words = wordsOf(command).split(' ')
  const names = words.map((_, i) => words.slice(0, words.length - i).join(':'))
  return names.find((name) => commands.includes(name))
}

describe('rows of docs/kafka-acls.md', () => {
  const rows = aclRows()
  const withRow = new Set(rows.map(({ command }) => idOf(command)))

  it('each is of a command that there is', () => {
    expect(rows.length).to.be.above(45)
    expect(rows.filter(({ command }) => idOf(command) === undefined).map(({ command }) => command)).to.deep.equal([])
  })

  it('there is one for every command of the manifest that takes a bus, but for a few with a reason', () => {
    const forgotten = commands.filter((id) => takesBus(id) && !withRow.has(id) && !(id in WITHOUT_ROW))
    expect(forgotten, 'run it as test/commands/acls.kafka.ts does, and write its row').to.deep.equal([])
  })

  it('no reason is given for a command that has a row, or takes no bus', () => {
    expect(Object.keys(WITHOUT_ROW).filter((id) => withRow.has(id) || !commands.includes(id) || !takesBus(id))).to.deep.equal([])
  })

  it('no row is of a command that takes no bus', () => {
    expect([...withRow].filter((id) => id !== undefined && !takesBus(id))).to.deep.equal([])
  })

  it('nothing below the commands opens a bus of its own, which nobody would see there', async () => {
    const files = (await readdir('src/cli', { recursive: true })).filter((file) => file.endsWith('.ts'))
    const openers = files.filter((file) => /['"/]bus\/open\.ts['"]/.test(readFileSync(`src/cli/${file}`, 'utf8')))
    expect(openers).to.deep.equal(['base-command.ts'])
  })
})
