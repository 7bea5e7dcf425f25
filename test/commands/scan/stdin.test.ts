import { join } from 'node:path'
import { expect } from 'chai'
import { SimulatedHeadset } from '../../collectors/ble/headset.ts'
import { runCli } from '../../support/cli.ts'
import { LiveCli } from '../../support/live-cli.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { airLine, writeEnrolment } from '../support/enrolled.ts'

/** dist must be built: `node scripts/build.mjs`. */
describe('shitops scan of standard input', () => {
  const dir = useTempDir()
  let live: LiveCli | undefined
  afterEach(() => live?.signal('SIGKILL'))

  async function scanning(): Promise<{ scan: LiveCli; bus: string; feed(): void }> {
    const headset = new SimulatedHeadset(1)
    const enrolment = await writeEnrolment(dir(), headset)
    const bus = `embedded:${join(dir(), 'bus')}`
    live = new LiveCli(['scan', '--source', '-', '--share', '--enrolment', enrolment, '--output', 'ndjson'], dir(), { SHITOPS_BUS: bus })
    let left = 100
    const feed = () => {
      const line = airLine(headset.frame({ left: left++ % 100, right: 50 }), headset.address(1), Date.now())
      live?.child.stdin?.write(`${line}\n`)
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
