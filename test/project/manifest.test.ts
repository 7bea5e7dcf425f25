import { readdir, readFile } from 'node:fs/promises'
import { expect } from 'chai'

describe('the oclif manifest', () => {
  it('lists exactly the commands that src/commands holds', async () => {
    const manifest = JSON.parse(await readFile('oclif.manifest.json', 'utf8')) as { commands: object }
    const files = (await readdir('src/commands', { recursive: true })).filter((file) => file.endsWith('.ts'))
    const ids = files.map((file) =>
      file
        .replace(/\.ts$/, '')
        .replace(/\/index$/, '')
        .replaceAll('/', ':'),
    )
    expect(Object.keys(manifest.commands).sort()).to.deep.equal(ids.sort())
  })
})

describe('package.json', () => {
  it('pins every dependency exactly', async () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(await readFile('package.json', 'utf8'))
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(version, name).to.match(/^\d+\.\d+\.\d+(-[\w.]+)?$/)
    }
  })
})
