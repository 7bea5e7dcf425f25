import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { commandLines, commandLinesOf, problemsOf } from './lint/command-lines.ts'

describe('command lines of deploy/', () => {
  const manifest = JSON.parse(readFileSync('oclif.manifest.json', 'utf8'))

  it('are all accepted by this CLI', async () => {
    expect(await commandLines()).to.deep.equal([])
  })

  it('are found in every kind of file', () => {
    const files = new Set(commandLinesOf().map(({ file }) => file.split('/').slice(0, 2).join('/')))
    for (const place of ['deploy/compose', 'deploy/k8s', 'deploy/systemd', 'deploy/Containerfile', 'docs/edge.md'])
      expect(files, place).to.include(place)
  })

  it('are refused when they are wrong', () => {
    const of = (line: string) => problemsOf(line.split(' '), manifest)
    expect(of('srve')).to.deep.equal(['there is no such command'])
    expect(of('serve --prot')).to.deep.equal(['it has no flag --prot'])
    expect(of('serve --port')).to.deep.equal(['--port needs a value'])
    expect(of('tail alerts --output yaml')).to.deep.equal(['--output cannot be yaml'])
    expect(of('topic describe')).to.deep.equal(['an argument is missing'])
    expect(of('scan --no-publish -o ndjson')).to.deep.equal([])
  })
})
