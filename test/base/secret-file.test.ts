import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { createSecretFile } from '../../src/base/secret-file.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { thrownBy } from '../support/thrown-by.ts'

describe('a file of secrets that is made on first use', () => {
  const dir = useTempDir()

  it('is for its owner alone, and is left as it is where it is there', async () => {
    const path = join(dir(), 'new', 'tokens')
    expect(await createSecretFile(path, 'a\n')).to.equal(true)
    expect(await createSecretFile(path, 'b\n')).to.equal(false)
    expect(readFileSync(path, 'utf8')).to.equal('a\n')
    expect(statSync(path).mode & 0o777).to.equal(process.platform === 'win32' ? 0o666 : 0o600)
  })

  it('where it cannot be made that is what is said, not that it cannot be read', async () => {
    writeFileSync(join(dir(), 'file'), '')
    const error = await thrownBy(() => createSecretFile(join(dir(), 'file', 'tokens'), 'a\n'))
    expect(error).to.have.property('code', 'SHITOPS_E_FILE')
    expect(error.message).to.match(/tokens cannot be made: /)
  })
})
