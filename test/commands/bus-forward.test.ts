import { join } from 'node:path'
import { expect } from 'chai'
import { ShitopsError } from '../../src/base/errors.ts'
import { silentLogger } from '../../src/base/log.ts'
import { openBus } from '../../src/bus/open.ts'
import { forward } from '../../src/cli/bus/forward.ts'
import { readAll, removeDirectory, temporaryDirectory } from '../bus/embedded/support.ts'
import { buryAll, openFlaky } from '../bus/spool/support.ts'
import { runCli } from '../support/cli.ts'

describe('shitops bus forward', () => {
  let place: string
  let target: string
  let spools: string

  beforeEach(async () => {
    place = temporaryDirectory()
    target = `embedded:${join(place, 'target')}`
    spools = join(place, 'spool')
    const bus = await openBus(target)
    await bus.createTopic({ name: 'events', partitions: 1 })
    await bus.close()
    const { bus: spooling } = await openFlaky(join(spools, 'scan'), () => openBus(target), { mode: 'down' })
    for (let i = 0; i < 3; i++) await spooling.append('events', [{ key: 'k', value: `${i}` }])
    await spooling.close()
  })
  afterEach(async () => {
    await buryAll()
    removeDirectory(place)
  })

  async function values(): Promise<string[]> {
    const bus = await openBus(target)
    const found = (await readAll(bus, 'events')).map(({ value }) => String(value))
    await bus.close()
    return found
  }

  it('--dry-run counts what waits, by topic, and sends nothing', async () => {
    const { stdout, code } = await runCli(['bus', 'forward', '--from', `embedded:${spools}`, '--dry-run', '--json'])
    expect(code).to.equal(0)
    const { spools: found } = JSON.parse(stdout)
    expect(found).to.have.length(1)
    expect(found[0]).to.include({ waiting: 3, forwarded: 0, dropped: 0, refused: 0 })
    expect(found[0].topics).to.deep.equal({ events: 3 })
    expect(await values()).to.deep.equal([])
  })

  it('sends what waits, once, and says how much', async () => {
    const args = ['bus', 'forward', '--from', `embedded:${spools}`, '--to', target]
    const first = await runCli(args)
    expect(first.code, first.stderr).to.equal(0)
    expect(first.stdout).to.match(/SPOOL +FORWARDED +WAITING +DROPPED +REFUSED\n.*scan +3 +0 +0 +0\n/)
    const second = await runCli([...args, '--json'])
    expect(JSON.parse(second.stdout).spools[0]).to.include({ forwarded: 0, waiting: 0 })
    expect(await values()).to.deep.equal(['0', '1', '2'])
  })

  it('says that there is no spool, and makes none', async () => {
    const { code, stdout } = await runCli(['bus', 'forward', '--from', `embedded:${join(place, 'none')}`, '--to', target, '--json'])
    expect(code).to.equal(69)
    expect(JSON.parse(stdout).error.code).to.equal('SHITOPS_E_BUS_UNAVAILABLE')
  })

  it('says that --from is missing, what it is, and what to type', async () => {
    const { code, stderr } = await runCli(['bus', 'forward'])
    expect(code).to.equal(2)
    expect(stderr).to.contain('--from is missing: the spool').and.contain('Try: shitops bus forward --from embedded:DIR')
  })

  it('ends with 69 while the brokers are away, and everything still waits', async () => {
    const away = 'kafka://127.0.0.1:9?connectTimeout=200ms'
    const { code } = await runCli(['bus', 'forward', '--from', `embedded:${spools}`, '--to', away, '--json'])
    expect(code).to.equal(69)
    const { stdout } = await runCli(['bus', 'forward', '--from', `embedded:${spools}`, '--dry-run', '--json'])
    expect(JSON.parse(stdout).spools[0].waiting).to.equal(3)
  })

  for (const code of ['SHITOPS_E_BUS_UNAVAILABLE', 'SHITOPS_E_BUS_AUTH'] as const) {
    it(`says of ${code} that it is about the target, for what it suggests to name that bus`, async () => {
      const failing = forward({
        ...{ from: `embedded:${spools}`, follow: false, dryRun: false, signal: new AbortController().signal, logger: silentLogger },
        openTarget: () => Promise.reject(new ShitopsError(code, 'no', { suggestions: ['shitops doctor'] })),
      })
      expect(await failing.catch((error: unknown) => error)).to.include({ code, side: 'target' })
    })
  }

  it('does not say that records wait where none does', async () => {
    const sent = await runCli(['bus', 'forward', '--from', `embedded:${spools}`, '--to', target])
    expect(sent.code, sent.stderr).to.equal(0)
    const { code, stderr } = await runCli([
      'bus',
      'forward',
      '--from',
      `embedded:${spools}`,
      '--to',
      'kafka://127.0.0.1:9?connectTimeout=200ms',
    ])
    expect(code).to.equal(0)
    expect(stderr)
      .to.match(/the target is away, and nothing waits so far in .*scan: .*127\.0\.0\.1:9/)
      .and.not.contain('records wait')
  })
})
