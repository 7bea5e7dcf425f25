import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { heard, SimulatedHeadset } from '../../collectors/ble/headset.ts'
import { runCli } from '../../support/cli.ts'
import { LiveCli } from '../../support/live-cli.ts'
import { useTempDir } from '../../support/temp-dir.ts'

/** dist must be built: `node scripts/build.mjs`. */
describe('shitops scan of standard input', () => {
  const dir = useTempDir()
  let live: LiveCli | undefined
  afterEach(() => live?.signal('SIGKILL'))

  async function scanning(): Promise<{ scan: LiveCli; bus: string; feed(): void }> {
    const headset = new SimulatedHeadset(1)
    const keys = { irk: headset.irk.toString('hex'), irk_order: 'core', enc: headset.enc.toString('hex') }
    const terms = { purpose: 'call load', basis: 'works agreement', expires: '2099-01-01' }
    const enrolment = join(dir(), 'enrolment.json')
    await writeFile(enrolment, JSON.stringify({ version: 1, headsets: [{ alias: 'h-1', team: 'ledger', ...keys, ...terms }] }))
    await chmod(enrolment, 0o600)
    const bus = `embedded:${join(dir(), 'bus')}`
    live = new LiveCli(['scan', '--source', '-', '--share', '--enrolment', enrolment, '--output', 'ndjson'], dir(), { SHITOPS_BUS: bus })
    let left = 100
    const feed = () => {
      const address = headset.address(1)
      const { timestamp, rssi, manufacturerData } = heard(headset.frame({ left: left++ % 100, right: 50 }), address, Date.now())
      const frame = { timestamp, address, rssi, hex: manufacturerData.toString('hex'), receiver: 'rx-1' }
      live?.child.stdin?.write(`${JSON.stringify(frame)}\n`)
    }
    await live.until(({ stdout }) => stdout.includes('ble_sightings'), feed)
    return { scan: live, bus, feed }
  }

  it('ends when it is told to, while the input stays open', async () => {
    const { scan } = await scanning()
    const code = await scan.signal('SIGTERM')
    expect(code, scan.stderr).to.equal(143)
  })

  it('ends when its topic is deleted, while the input stays open', async () => {
    const { scan, bus, feed } = await scanning()
    const { code, stderr } = await runCli(['topic', 'delete', 'ble_sightings', '--yes'], { env: { SHITOPS_BUS: bus } })
    expect(code, stderr).to.equal(0)
    const feeding = setInterval(feed, 50)
    try {
      expect(await scan.exited, scan.stderr).to.equal(2)
    } finally {
      clearInterval(feeding)
    }
    expect(scan.stderr).to.include('SHITOPS_E_TOPIC_UNKNOWN')
  })
})
