import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { initConfig } from '../../src/config/init.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { thrownBy } from '../support/thrown-by.ts'

describe('config init', () => {
  const dir = useTempDir()
  const write = (file: string, overwrite: boolean) => initConfig(file, { overwrite, dryRun: false })

  it('leaves a file that is there alone, unless told otherwise; then mode and link stay', async () => {
    const [file, link] = [join(dir(), 'real.yaml'), join(dir(), 'shitops.yaml')]
    writeFileSync(file, 'bus: { url: embedded:./x }\n')
    chmodSync(file, 0o600)
    symlinkSync(file, link)
    expect(await thrownBy(() => write(link, false))).to.have.property('code', 'SHITOPS_E_CONFIRM')
    expect(readFileSync(file, 'utf8')).to.equal('bus: { url: embedded:./x }\n')
    await write(link, true)
    expect(readFileSync(file, 'utf8')).to.match(/^# /)
    expect(statSync(file).mode & 0o777).to.equal(0o600)
    expect(readdirSync(dir()).sort()).to.deep.equal(['real.yaml', 'shitops.yaml'])
  })

  it('on a full disk: no half a file, and the settings that were there are still there', async function () {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir()], { stdio: 'ignore' })
    } catch {
      console.log('      (skipped: mounting a small file system needs root)')
      this.skip()
    }
    try {
      const [old, fresh] = [join(dir(), 'old.yaml'), join(dir(), 'fresh.yaml')]
      writeFileSync(old, 'output: { utc: true }\n')
      expect(() => writeFileSync(join(dir(), 'ballast'), Buffer.alloc(1 << 20))).to.throw('ENOSPC')
      expect(await thrownBy(() => write(fresh, false))).to.have.property('code', 'SHITOPS_E_FILE')
      expect(await thrownBy(() => write(old, true))).to.have.property('code', 'SHITOPS_E_FILE')
      expect(existsSync(fresh)).to.equal(false)
      expect(readFileSync(old, 'utf8')).to.equal('output: { utc: true }\n')
    } finally {
      execFileSync('umount', [dir()])
    }
  })
})
