import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect } from 'chai'

const GOLDEN = 'test/project/help.txt'
const run = promisify(execFile)

interface Manifest {
  commands: Record<string, { id: string; hidden?: boolean; summary?: string; examples?: string[]; flags: Record<string, ManifestFlag> }>
}

interface ManifestFlag {
  default?: unknown
  dependsOn?: string[]
  exclusive?: string[]
}

/** The help of the built CLI as a pipe gets it: 80 columns, no colour, the version left out. */
async function help(args: string[]): Promise<string> {
  const env = { ...process.env, COLUMNS: '80', NO_COLOR: '', FORCE_COLOR: '0', OCLIF_COLUMNS: '80' }
  const { stdout } = await run(process.execPath, ['bin/run.js', ...args], { env })
  return stdout.replace(/shitops\/\S+ \S+ node-\S+/, 'shitops/VERSION')
}

describe('help', () => {
  let manifest: Manifest
  let texts: Map<string, string>

  before(async function () {
    this.timeout(120_000)
    manifest = JSON.parse(await readFile('oclif.manifest.json', 'utf8')) as Manifest
    const ids = Object.values(manifest.commands)
      .filter((command) => !command.hidden)
      .map((command) => command.id.replaceAll(':', ' '))
      .sort()
    texts = new Map([['', await help(['--help'])]])
    for (const id of ids) texts.set(id, await help([...id.split(' '), '--help']))
  })

  it('is the golden text (npm run help:update writes it anew)', async () => {
    const all = [...texts].map(([id, text]) => `$ shitops ${id ? `${id} ` : ''}--help\n${text}`).join('\n')
    if (process.env.UPDATE_HELP) await writeFile(GOLDEN, all)
    expect(all).to.equal(await readFile(GOLDEN, 'utf8'))
  })

  it('has no empty alternative in a usage line, which oclif makes of a flag that it has shown already', () => {
    for (const [id, text] of texts) expect(/^USAGE\n(.*?)\n\n/ms.exec(text)?.[1] ?? '', id).to.not.match(/\|\s*[|\])]/)
  })

  it('cli point 3: every command has a summary and an example', () => {
    for (const command of Object.values(manifest.commands).filter(({ hidden }) => !hidden)) {
      expect(command.summary, command.id).to.be.a('string').and.not.equal('')
      expect(command.examples, command.id).to.be.an('array').and.not.have.length(0)
    }
  })

  it('a flag that needs or excludes another has no default: oclif takes that for given', () => {
    const flags = Object.values(manifest.commands).flatMap(({ id, flags }) =>
      Object.entries(flags).map(([name, flag]) => ({ id, name, flag })),
    )
    expect(flags.length).to.be.above(100)
    const bound = flags.filter(({ flag }) => flag.default !== undefined && (flag.dependsOn ?? flag.exclusive))
    expect(bound.map(({ id, name }) => `${id} --${name}`)).to.deep.equal([])
  })

  it('cli point 4: fits 80 columns and has no escape codes in a pipe', () => {
    for (const [id, text] of texts) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is looked for
      expect(text, id).to.not.match(/\x1b/)
      // A command to copy is not wrapped.
      for (const line of text.split('\n').filter((text) => !text.startsWith('  $ ')))
        expect(line.length, `${id}: ${line}`).to.be.at.most(80)
    }
  })

  it('cli points 1 and 2: bare, -h, --help and help CMD say the same, on stdout', async () => {
    expect(await help(['-h'])).to.equal(texts.get(''))
    expect(await help([])).to.equal(texts.get(''))
    expect(await help(['help', 'topic', 'list'])).to.equal(texts.get('topic list'))
    expect(await help(['topic', 'list', '-h'])).to.equal(texts.get('topic list'))
  })
})
