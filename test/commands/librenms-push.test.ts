import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import type { LibrenmsCommand } from '../../src/events/index.ts'
import { TOKEN, useLibrenms } from '../office/librenms/setup.ts'
import { type CliResult, runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('shitops librenms push', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const nms = useLibrenms()
  const env = () => ({ SHITOPS_BUS: `embedded:${join(dir(), 'bus')}` })

  async function push(...args: string[]): Promise<CliResult> {
    const token = join(dir(), 'token')
    await writeFile(token, `${TOKEN}\n`, { mode: 0o600 })
    return runCli(['librenms', 'push', '--url', nms.server.url, '--token-file', token, '--once', ...args], { env: env() })
  }

  async function ask(command: Partial<LibrenmsCommand>): Promise<void> {
    const value = { event_time: new Date().toISOString(), command_id: 'cmd-1', device_id: 1, action: 'annotate', ...command }
    const created = await runCli(['topic', 'create', 'librenms_commands'], { env: env() })
    expect([0, 2]).to.include(created.code)
    const { code, stderr } = await runCli(['produce', 'librenms_commands'], {
      env: env(),
      input: `${JSON.stringify({ key: '1', value })}\n`,
    })
    expect([code, stderr.includes('SHITOPS_E')]).to.deep.equal([0, false])
  }

  const acked = () => nms.world.alerts.of(1, 1)?.state

  it('looks and writes nothing without --yes; with it acknowledges an alert, and says both on the bus', async () => {
    const alert = nms.world.raiseAlert(1, 1)
    await ask({ action: 'acknowledge', alert_id: alert.id, arguments: { note: 'cabling' }, expected: { state: 1 } })
    const dry = await push()
    expect(dry.code, dry.stderr).to.equal(0)
    expect(dry.stdout).to.match(
      /^dry_run {4}acknowledge {5}device 1 {2}cmd-1 {2}would be done: alert 1 is acknowledged until it clears: cabling$/m,
    )
    expect(dry.stderr).to.contain('nothing is written')
    expect(acked()).to.equal(1)
    const real = await push('--yes', '--output', 'ndjson')
    expect(JSON.parse(real.stdout)).to.deep.include({ outcome: 'applied', command_id: 'cmd-1', http_status: 200, attempts: 1 })
    expect(acked()).to.equal(2)
    const again = await push('--yes', '--json')
    expect(JSON.parse(again.stdout)).to.deep.equal({ dryRun: false, counters: {} })
    const tail = await runCli(['tail', 'librenms_results', '--from', 'start', '--to', 'end', '--output', 'ndjson'], { env: env() })
    expect(
      tail.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).value.outcome),
    ).to.deep.equal(['dry_run', 'applied'])
    expect(dry.stderr + real.stderr + tail.stdout).not.to.contain(TOKEN)
  })

  it('killed between a write and its result, it finds the write done, and does not do it twice', async () => {
    await ask({ arguments: { text: 'once' } })
    const token = join(dir(), 'token')
    await writeFile(token, `${TOKEN}\n`, { mode: 0o600 })
    // The look before the write is answered, the one after it never.
    const trouble = nms.server.fault({ kind: 'hang', on: 'list_eventlog', after: 1 })
    const killed = new LiveCli(['librenms', 'push', '--url', nms.server.url, '--token-file', token, '--yes'], dir(), env())
    await killed.until(() => trouble.hits > 0)
    await killed.signal('SIGKILL')
    trouble.stop()
    const again = await push('--yes')
    expect(again.stdout, again.stderr).to.match(/^no_op +annotate +device 1 +cmd-1 +its event \d+ is there$/m)
    expect(nms.world.events.rows.filter(({ message }) => message === 'once')).to.have.lengthOf(1)
  })

  it('ends with a clear word when there is no address, no token, or a wrong one', async () => {
    const code = async (args: string[], more = {}) => {
      const { stdout, code: exit } = await runCli(['librenms', 'push', '--once', '--json', ...args], { env: { ...env(), ...more } })
      return [JSON.parse(stdout).error.code, exit]
    }
    expect(await code([])).to.deep.equal(['SHITOPS_E_USAGE', 2])
    expect(await code(['--url', nms.server.url])).to.deep.equal(['SHITOPS_E_LIBRENMS_TOKEN', 78])
    expect(await code(['--url', nms.server.url], { SHITOPS_LIBRENMS_WRITE_TOKEN: 'wrong-token' })).to.deep.equal([
      'SHITOPS_E_LIBRENMS_AUTH',
      77,
    ])
    expect(await code(['--url', 'http://127.0.0.1:1'], { SHITOPS_LIBRENMS_WRITE_TOKEN: TOKEN })).to.deep.equal([
      'SHITOPS_E_LIBRENMS_UNREACHABLE',
      69,
    ])
  })
})
