import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { unreadable } from '../../src/base/unreadable.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('a file that cannot be opened', () => {
  const dir = useTempDir()
  const typed = (path: string) => `--file ${path}`
  const because = (code: string) => Object.assign(new Error(`${code}: why`), { code })

  it('that is not there: the one beside it that is like it', () => {
    mkdirSync(join(dir(), 'a'))
    writeFileSync(join(dir(), 'a', 'close.sql'), '')
    const error = unreadable(join(dir(), 'a', 'clsoe.sql'), because('ENOENT'), typed)
    expect(error).to.include({ code: 'SHITOPS_E_FILE', message: `there is no file ${join(dir(), 'a', 'clsoe.sql')}` })
    expect(error.suggestions).to.deep.equal([`--file ${join(dir(), 'a', 'close.sql')}`])
  })

  it('where nothing is like it, or no folder is there: from where a path counts', () => {
    for (const path of [join(dir(), 'zzzzzz'), join(dir(), 'none', 'close.sql')]) {
      expect(unreadable(path, because('ENOENT'), typed).suggestions).to.deep.equal([`--file FILE, its path as seen from ${process.cwd()}`])
    }
  })

  it('that is there: why not', () => {
    const said = (code: string) => unreadable('q.sql', because(code), typed)
    expect(said('EISDIR')).to.include({ code: 'SHITOPS_E_FILE', message: 'q.sql cannot be read: EISDIR: why' })
    expect(said('EACCES')).to.include({ code: 'SHITOPS_E_NOT_ALLOWED', exit: 77 })
    expect(said('EACCES').suggestions).to.deep.equal(['--file FILE with a file that you may read'])
  })
})
