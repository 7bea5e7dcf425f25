import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { formatStatus } from '../../src/cli/librenms/status-view.ts'
import { TOKEN, useLibrenms } from '../office/librenms/setup.ts'
import { cliEnv, runCli } from '../support/cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops librenms sync and status', function () {
  this.timeout(120_000)
  const bench = useLibrenms()
  const dir = useTempDir()
  const run = async (...args: string[]) => {
    const home = dir()
    const token = join(home, 'token')
    await writeFile(token, `${TOKEN}\n`)
    await chmod(token, 0o600)
    const env = { ...cliEnv(home), SHITOPS_BUS: `embedded:${join(home, 'bus')}` }
    return runCli(['librenms', ...args, '--url', bench.server.url, '--token-file', token], { env })
  }

  it('syncs once, tells what it did, and the second time finds nothing new', async () => {
    const first = await run('sync', '--once', '--json')
    expect(first.code, first.stdout + first.stderr).to.equal(0)
    expect(JSON.parse(first.stdout).counters).to.include({ librenms_devices: 4, librenms_ports: 19 })
    const second = await run('sync', '--once')
    expect(second.code).to.equal(0)
    expect(second.stderr).to.match(/devices 0 · ports 0 · .* · requests \d+, retries 0, failures 0/)
    for (const secret of [...bench.world.secrets(), TOKEN]) expect(first.stdout + first.stderr + second.stderr).not.to.contain(secret)
  })

  it('shows how far it has come, and what LibreNMS says now', async () => {
    expect(formatStatus({ saved: [], probe: null }, { now: 0, utc: true })).to.contain('Nothing was synced to this bus yet')
    await run('sync', '--once')
    bench.world.event(1, { message: 'news', type: 'system' })
    const status = JSON.parse((await run('status', '--json')).stdout)
    expect(status.saved).to.have.length(1)
    expect(status.saved[0]).to.deep.include({ instance: null, cursors: { eventlog: 0, alertlog: 0 }, circuit: 'closed', pending: 0 })
    expect(status.saved[0].sweeps.ports.rows).to.equal(19)
    expect(status.probe.lag).to.deep.equal({ eventlog: 1, alertlog: 0 })
    expect(status.probe.routes).to.be.greaterThan(20)
    expect((await run('status')).stdout).to.match(/ports: 19 rows in .*ago/)
  })

  it('names what is wrong: the token, the address, a page that is not the API', async () => {
    bench.server.fault({ kind: 'html' })
    const page = await run('sync', '--once', '--json')
    expect([page.code, JSON.parse(page.stdout).error.code]).to.deep.equal([69, 'SHITOPS_E_LIBRENMS_NOT_API'])
    const none = await runCli(['librenms', 'sync', '--url', bench.server.url, '--once', '--json'], { env: cliEnv(dir()) })
    expect([none.code, JSON.parse(none.stdout).error.code]).to.deep.equal([78, 'SHITOPS_E_LIBRENMS_TOKEN'])
  })

  it('exits 3 when it refused to take a wave of devices for gone', async () => {
    for (let i = 0; i < 10; i++) bench.world.addDevice(`more-${i}`)
    await run('sync', '--once')
    for (let i = 0; i < 8; i++) bench.world.deleteDevice(`more-${i}`)
    const refused = await run('sync', '--once')
    expect([refused.code, refused.stderr]).to.satisfy(
      ([code, text]: [number, string]) => code === 3 && text.includes('--allow-mass-delete'),
    )
    expect((await run('sync', '--once', '--allow-mass-delete')).code).to.equal(0)
  })
})
