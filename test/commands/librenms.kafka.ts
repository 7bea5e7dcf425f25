import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { TOKEN, useLibrenms } from '../office/librenms/setup.ts'
import { runCli } from '../support/cli.ts'
import { describeKafka } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

describeKafka('shitops librenms on Kafka', {}, (kafka) => {
  const dir = useTempDir()
  const nms = useLibrenms()
  let running: LiveCli | undefined
  afterEach(async () => {
    running?.child.kill('SIGKILL')
    await running?.exited
  })

  const env = () => ({ SHITOPS_BUS: kafka().url() })
  async function connection(): Promise<string[]> {
    const token = join(dir(), 'token')
    await writeFile(token, `${TOKEN}\n`)
    await chmod(token, 0o600)
    return ['--url', nms.server.url, '--token-file', token]
  }
  /** Key to last value, tombstones taken away, as compaction would. */
  async function last(topic: string): Promise<Map<string, Record<string, unknown>>> {
    const { stdout, stderr, code } = await runCli(['tail', topic, '--from', 'start', '--to', 'end', '-o', 'ndjson'], { env: env() })
    expect(code, stderr).to.equal(0)
    const rows = new Map<string, Record<string, unknown>>()
    for (const line of stdout.split('\n').filter((text) => text !== '')) {
      const { key, value } = JSON.parse(line) as { key: string; value: Record<string, unknown> | null }
      if (value === null) rows.delete(key)
      else rows.set(key, value)
    }
    return rows
  }
  const ok = async (args: string[], input?: string) => {
    const result = await runCli(args, { env: env(), ...(input !== undefined && { input }) })
    expect(result.code, result.stdout + result.stderr).to.equal(0)
    return result
  }

  it('syncs, is killed, goes on without an event lost or twice, and writes back what a command asks for', async () => {
    nms.clock.set(Date.now())
    const librenms = await connection()
    const { world } = nms
    running = new LiveCli(['librenms', 'sync', ...librenms, '--tail-interval', '1s'], dir(), env())
    await running.until(() => (nms.server.traffic.routes.get('list_links')?.requests ?? 0) > 0)
    world.sameSecondEvents(1, 30)
    const [port] = world.device(1).ports
    world.portDown(port?.id ?? 0)
    while ((await last('librenms_ports')).get(String(port?.id))?.if_oper_status !== 'down') {
      if (running.child.exitCode !== null) throw new Error(running.stderr)
    }
    // Killed while there is more to come; what happens meanwhile is found by the next one, which fences the first one's transaction.
    world.sameSecondEvents(2, 700)
    await running.signal('SIGKILL')
    world.deleteDevice(3)
    const alert = world.raiseAlert(1, 1)
    await ok(['librenms', 'sync', ...librenms, '--once', '--json'])

    expect([...(await last('librenms_devices')).keys()].sort()).to.deep.equal(['1', '2', '4'])
    const ports = await last('librenms_ports')
    expect([...ports.keys()].map(Number).sort((a, b) => a - b)).to.deep.equal([...world.inventory.ports.keys()])
    const { stdout } = await ok(['tail', 'librenms_events', '--from', 'start', '--to', 'end', '-o', 'raw'])
    const logged = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { log: string; log_id: number }]))
    const ids = logged.filter(({ log }) => log === 'eventlog').map(({ log_id }) => log_id)
    expect(new Set(ids).size, 'each event once').to.equal(ids.length)
    const there = world.events.rows.map(({ id }) => id)
    expect(
      there.filter((id) => !ids.includes(id)),
      'no event lost',
    ).to.deep.equal([])
    expect((await last('librenms_alerts')).get(String(alert.id))).to.include({ alert_state: 'active' })

    const value = { event_time: new Date().toISOString(), command_id: 'k-1', device_id: 1, action: 'acknowledge', alert_id: alert.id }
    await ok(['topic', 'create', 'librenms_commands'])
    await ok(['produce', 'librenms_commands'], `${JSON.stringify({ key: '1', value })}\n`)
    expect((await ok(['librenms', 'push', ...librenms, '--once'])).stdout).to.match(/^dry_run +acknowledge +device 1 +k-1/m)
    expect(alert.state).to.equal(1)
    expect((await ok(['librenms', 'push', ...librenms, '--once', '--yes'])).stdout).to.match(/^applied +acknowledge +device 1 +k-1$/m)
    expect(alert.state).to.equal(2)
    const again = await ok(['librenms', 'push', ...librenms, '--once', '--yes', '--json'])
    expect(JSON.parse(again.stdout).counters, 'the position is the broker’s').to.deep.equal({})
    await ok(['librenms', 'sync', ...librenms, '--once'])
    expect((await last('librenms_alerts')).get(String(alert.id))).to.include({ alert_state: 'acknowledged' })
  })
})
