import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkNode } from '../../src/cli/doctor.ts'
import { runCli } from '../support/cli.ts'

interface Report {
  checks: Array<{ name: string; status: string; detail: string; next?: string }>
}

describe('doctor', () => {
  let dir: string
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-doctor-'))
  })
  after(() => rm(dir, { recursive: true, force: true }))

  it('checks Node, configuration, bus, disk and radio; a missing radio is no failure', async () => {
    const { stdout, code } = await runCli(['doctor', '--json', '--bus', `embedded:${join(dir, 'bus')}`])
    const { checks } = JSON.parse(stdout) as Report
    expect(checks.map(({ name }) => name)).to.include.members(['node', 'configuration', 'bus', 'disk', 'radio'])
    expect(checks.filter(({ status }) => status === 'failed')).to.deep.equal([])
    expect(code).to.equal(0)
  })

  it('says what failed and what to do next, goes on with the rest, and exits 3', async () => {
    const config = join(dir, 'shitops.yaml')
    await writeFile(config, 'bsu:\n  url: embedded:here\n')
    const { stdout, code } = await runCli(['doctor', '--config', config, '--bus', 'kafka://127.0.0.1:1'])
    expect(code).to.equal(3)
    expect(stdout).to.match(/failed +configuration .*shitops\.yaml:1:1/)
    expect(stdout).to.match(/failed +bus .*127\.0\.0\.1:1/)
    expect(stdout).to.match(/ok +node/)
    expect(stdout).to.match(/Next: /)
    expect(stdout.trim()).to.match(/\d+ ok, \d+ warnings?, 2 failed$/)
  }).timeout(30_000)

  it('refuses a Node that is too old', async () => {
    expect(await checkNode('20.18.9')).to.include({ status: 'failed' })
    expect(await checkNode('20.19.0')).to.include({ status: 'ok' })
    expect(await checkNode('24.1.0')).to.include({ status: 'ok' })
  })
})
