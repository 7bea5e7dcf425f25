import { spawnSync } from 'node:child_process'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { useTempDir } from '../support/temp-dir.ts'
import { TSX } from '../support/tsx.ts'

/** That the committed pages are fresh is a matter of `npm run lint`; here is the maker itself. */
describe('the pages made from code', () => {
  const dir = useTempDir()
  const docs = (...args: string[]) =>
    spawnSync(process.execPath, ['--import', TSX, resolve('scripts/docs.ts'), ...args], {
      cwd: dir(),
      encoding: 'utf8',
    })

  it('are written, checked, and a stale one is told with the line that differs', async () => {
    await cp('docs', join(dir(), 'docs'), { recursive: true })
    expect(docs()).to.include({ status: 0 })
    expect(docs('--check')).to.include({ status: 0, stderr: '' })

    const page = join(dir(), 'docs/events.md')
    await writeFile(page, (await readFile(page, 'utf8')).replace('# Events', '# Happenings'))
    const stale = docs('--check')
    expect(stale.status).to.equal(1)
    expect(stale.stderr).to.include('docs/events.md is stale: npm run docs').and.include('- # Happenings').and.include('+ # Events')
    expect(await readFile(page, 'utf8')).to.include('# Happenings')
  }).timeout(120_000)
})
