import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { checkNode } from '../../src/cli/doctor.ts'
import { damageStored } from '../bus/ops/support.ts'
import { runCli } from '../support/cli.ts'

interface Report {
  checks: Array<{ name: string; status: string; detail: string; next?: string }>
}

describe('doctor', function () {
  this.timeout(120_000)
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
    expect(checks.find(({ name }) => name === 'bus')?.detail).to.contain('not there yet')
    expect(existsSync(join(dir, 'bus')), 'it only looks').to.equal(false)
  })

  it('counts damaged records that nobody has met yet', async () => {
    const url = `embedded:${join(dir, 'damaged')}`
    const bus = await openBus(url)
    await bus.createTopic({ name: 't', partitions: 1 })
    await bus.append('t', [{ key: null, value: 'a-broken-record' }])
    await bus.close()
    damageStored(join(dir, 'damaged'), 'a-broken-record')
    const { stdout } = await runCli(['doctor', '--bus', url])
    expect(stdout).to.match(/warning +bus .*1 offset is damaged and cannot be read, the first t\/0@0/)
  })

  it('commands that only look, or need what is there, create no bus: exit 69', async () => {
    const missing = join(dir, 'mistyped')
    for (const args of [
      ['topic', 'create', '--all', '--dry-run'],
      ['topic', 'delete', 't', '--yes'],
      ['topic', 'list'],
      ['group', 'reset', 'g', '--to', 'start', '--yes'],
      ['group', 'list'],
      ['group', 'describe', 'g'],
    ]) {
      const { code, stderr } = await runCli([...args, '--bus', `embedded:${missing}`])
      expect([code, existsSync(missing)], args.join(' ')).to.deep.equal([69, false])
      expect(stderr).to.contain(`Try: shitops topic create --all --bus embedded:${missing}\n`)
    }
  }).timeout(120_000)

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
  }).timeout(120_000)

  it('refuses a Node that is too old', async () => {
    expect(await checkNode('20.18.9')).to.include({ status: 'failed' })
    expect(await checkNode('20.19.0')).to.include({ status: 'ok' })
    expect(await checkNode('24.1.0')).to.include({ status: 'ok' })
  })
})
