import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'

/** Highest first; ARCHITECTURE.md explains them. Layers in one row may not import each other. */
const LAYERS = [
  ['commands', 'hooks'],
  ['cli'],
  ['config'],
  ['tui', 'server'],
  ['alerts'],
  ['insights'],
  ['query', 'collectors', 'mining'],
  ['bus', 'live'],
  ['events'],
  ['base'],
]

describe('the layer rule', () => {
  let dir: string

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-layers-'))
    await writeFile(join(dir, 'biome.json'), (await readFile('biome.json', 'utf8')).replace(/^\s*"\$schema".*$/m, ''))
  })

  after(() => rm(dir, { recursive: true, force: true }))

  /** The rules that a set of files breaks, as `file rule`. */
  async function broken(files: Record<string, string>): Promise<string[]> {
    await rm(join(dir, 'src'), { recursive: true, force: true })
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(dir, path)), { recursive: true })
      await writeFile(join(dir, path), text)
    }
    const output = await new Promise<string>((resolve) => {
      const biome = join(process.cwd(), 'node_modules/.bin/biome')
      execFile(biome, ['lint', '--reporter=json', '--max-diagnostics=500', '.'], { cwd: dir }, (_, stdout) => resolve(stdout))
    })
    const report = JSON.parse(output) as { diagnostics: Array<{ category: string; location: { path: string | { file: string } } }> }
    return report.diagnostics.map(
      ({ category, location }) => `${typeof location.path === 'string' ? location.path : location.path.file} ${category}`,
    )
  }

  const importing = (room: string) => `import { thing } from '../${room}/thing.ts'\n\nexport const same = thing\n`

  it('refuses every import that goes up or sideways, and allows every one that goes down', async () => {
    const files: Record<string, string> = {}
    const expected: string[] = []
    for (const [level, row] of LAYERS.entries()) {
      for (const name of row) {
        for (const [otherLevel, otherRow] of LAYERS.entries()) {
          for (const other of otherRow.filter((o) => o !== name && !(level === 0 && otherLevel === 0))) {
            const path = `src/${name}/to-${other}.ts`
            files[path] = importing(other)
            if (otherLevel <= level) expected.push(`${path} lint/style/noRestrictedImports`)
          }
        }
      }
    }
    expect((await broken(files)).sort()).to.deep.equal(expected.sort())
  }).timeout(120_000)

  it('sees type imports, dynamic imports and deeper folders', async () => {
    const found = await broken({
      'src/bus/type.ts': "import type { A } from '../server/a.ts'\n\nexport type B = A\n",
      'src/bus/embedded/dynamic.ts': "export const a = await import('../../alerts/a.ts')\n",
    })
    expect(found.sort()).to.deep.equal([
      'src/bus/embedded/dynamic.ts lint/style/noRestrictedImports',
      'src/bus/type.ts lint/style/noRestrictedImports',
    ])
  })

  it('lets only commands/demo import the office', async () => {
    const rooms = ['commands', 'cli', 'config', 'alerts', 'query', 'collectors', 'mining', 'bus', 'events', 'base']
    const found = await broken(
      Object.fromEntries([
        ...rooms.map((room) => [`src/${room}/x.ts`, importing('office')]),
        ['src/commands/demo.ts', importing('office')],
      ]),
    )
    expect(found.sort()).to.deep.equal(rooms.map((room) => `src/${room}/x.ts lint/style/noRestrictedImports`).sort())
  })

  it('keeps the page to events and live', async () => {
    const rooms = [...LAYERS.flat(), 'office']
    const found = await broken(Object.fromEntries(rooms.map((room) => [`src/web/to-${room}.ts`, importing(room)])))
    const refused = rooms.filter((room) => room !== 'events' && room !== 'live')
    expect(found.sort()).to.deep.equal(refused.map((room) => `src/web/to-${room}.ts lint/style/noRestrictedImports`).sort())
  })

  it('refuses a circle', async () => {
    const found = await broken({
      'src/bus/a.ts': "import { b } from './b.ts'\n\nexport const a = () => b\n",
      'src/bus/b.ts': "import { a } from './a.ts'\n\nexport const b = () => a\n",
    })
    expect(found.sort()).to.deep.equal(['src/bus/a.ts lint/suspicious/noImportCycles', 'src/bus/b.ts lint/suspicious/noImportCycles'])
  })

  it('knows every folder of src', async () => {
    const folders = (await readdir('src', { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name)
    expect([...LAYERS.flat(), 'office', 'web']).to.include.members(folders)
  })
})
