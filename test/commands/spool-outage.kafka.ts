import { join } from 'node:path'
import { expect } from 'chai'
import { openBus } from '../../src/bus/open.ts'
import { ScriptedTarget } from '../../src/office/gnmi/scripted/index.ts'
import { SimulatedHeadset } from '../collectors/ble/headset.ts'
import { runCli } from '../support/cli.ts'
import { describeKafka, waitFor } from '../support/kafka/index.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'
import { airLine, writeEnrolment } from './support/enrolled.ts'

const PATIENCE_MS = 120_000
/** Between two things that a source has to tell. */
const PACE_MS = 20
const DURING_OUTAGE = 100
const pause = () => new Promise((resolve) => setTimeout(resolve, PACE_MS))

/** A collector of the built CLI, with a spool, and what it prints of what it collects. */
class Collector {
  readonly live: LiveCli
  readonly topic: string

  constructor(topic: string, args: readonly string[], home: string, bus: string) {
    this.topic = topic
    this.live = new LiveCli([...args, '--output', 'ndjson', '--metrics', '127.0.0.1:0'], home, { SHITOPS_BUS: bus })
  }

  /** Record ids that were printed, in their order: the truth that the topic is held against. */
  get printed(): string[] {
    return this.live.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { topic: string; headers: { ce_id: string } })
      .filter(({ topic }) => topic === this.topic)
      .map(({ headers }) => headers.ce_id)
  }

  /** How often its log says so. */
  says(text: string): number {
    return this.live.stderr.split(text).length - 1
  }

  async metric(name: string): Promise<number> {
    const [, address = ''] = /metrics: (http:\S+)/.exec(this.live.stderr) ?? []
    const text = await fetch(address)
      .then((answer) => answer.text())
      .catch((error: unknown) => {
        throw new Error(`no metrics at ${address}: ${this.live.stderr}`, { cause: error })
      })
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
  }

  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    return waitFor(
      `${this.topic}: ${what}`,
      () => {
        if (this.live.child.exitCode !== null) throw new Error(`${what}: ended with ${this.live.child.exitCode}: ${this.live.stderr}`)
        return holds()
      },
      PATIENCE_MS,
    )
  }
}

/** dist must be built: `node scripts/build.mjs`. */
describeKafka('collectors of the built CLI, whose only broker goes away and comes back', { racks: ['a'] }, (kafka) => {
  const dir = useTempDir()
  const closing: Array<() => unknown> = []
  let over = false
  afterEach(async () => {
    over = true
    for (const close of closing.splice(0).reverse()) await close()
  })

  const bus = () => kafka().url({ spool: join(dir(), 'spool'), requestTimeout: '2s', deliveryTimeout: '6s' })

  /** A device that has something new to tell, again and again. */
  async function subscribe(): Promise<Collector> {
    const target = await ScriptedTarget.listen({ strict: true })
    closing.push(() => target.close())
    target.onSubscribe = async (stream) => {
      await stream.sync()
      for (let n = 1; !over && !stream.cancelled; n++) {
        const update = [{ path: { elem: [{ name: 'counter' }] }, val: { uint_val: String(n) } }]
        await stream.notify({ timestamp: String(1_774_965_731_000_000_000n + BigInt(n)), update })
        await pause()
      }
    }
    const args = ['gnmi', 'subscribe', '-a', target.address, '--insecure', '--path', '/counter']
    return begun(new Collector('device_telemetry', args, dir(), bus()))
  }

  /** A headset that is heard again and again, on standard input. */
  async function scan(): Promise<Collector> {
    const headset = new SimulatedHeadset(1)
    const enrolment = await writeEnrolment(dir(), headset)
    const collector = await begun(
      new Collector('ble_sightings', ['scan', '--source', '-', '--share', '--enrolment', enrolment], dir(), bus()),
    )
    const feed = async () => {
      for (let n = 0; !over; n++) {
        const line = airLine(headset.frame({ left: n % 100, right: 50 }), headset.address(1), Date.now())
        collector.live.child.stdin?.write(`${line}\n`)
        await pause()
      }
    }
    void feed()
    return collector
  }

  function begun(collector: Collector): Collector {
    closing.push(() => collector.live.signal('SIGKILL'))
    return collector
  }

  it('keep collecting, and in the end every record id is there once, in order', async function () {
    this.timeout(10 * PATIENCE_MS)
    const reader = await openBus(kafka().url())
    closing.push(() => reader.close())
    const collectors = await Promise.all([subscribe(), scan()])
    const each = (work: (collector: Collector) => Promise<unknown>) => Promise.all(collectors.map(work))
    await each((one) =>
      one.until('records go through', async () => one.says('metrics: ') > 0 && (await one.metric('shitops_spool_forwarded_total')) > 20),
    )
    let outages = 0
    for (const way of ['frozen', 'killed'] as const) {
      if (way === 'frozen') kafka().freeze(1)
      else await kafka().kill(1)
      outages++
      await each(async (one) => {
        await one.until('notices', async () => (await one.metric('shitops_spool_target_up')) === 0)
        expect(one.says('the target is away, ')).to.be.at.least(outages)
        const before = one.printed.length
        await one.until('goes on collecting', () => one.printed.length > before + DURING_OUTAGE)
        await one.until('has what was collected in its spool', async () => (await one.metric('shitops_spool_waiting')) >= DURING_OUTAGE)
      })
      if (way === 'frozen') kafka().thaw(1)
      else await kafka().start(1)
      await each(async (one) => {
        await one.until('reaches the broker', async () => (await one.metric('shitops_spool_target_up')) === 1)
        expect(one.says('the target is there again: ')).to.be.at.least(outages)
      })
    }
    over = true
    await each((one) => one.until('nothing waits', async () => (await one.metric('shitops_spool_waiting')) === 0))
    await each(async (one) =>
      expect(
        [await one.metric('shitops_spool_dropped_total'), await one.metric('shitops_spool_refused_total')],
        one.live.stderr,
      ).to.deep.equal([0, 0]),
    )
    await each(async (one) => expect(await one.live.signal('SIGTERM'), one.live.stderr).to.equal(143))
    // What still came out of the sources, between the look and the signal, is in the spools: it goes out as the collectors say.
    const rest = await runCli(['bus', 'forward', '--from', `embedded:${join(dir(), 'spool')}`, '--to', kafka().url(), '--json'])
    expect(rest.code, rest.stderr).to.equal(0)

    for (const { topic, printed, live } of collectors) {
      const arrived: string[] = []
      // One key each, so one partition: the order of the topic is that of the collector.
      const partitions = (await reader.offsets(topic)).map(({ partition }) => ({ partition, from: 0 }))
      for await (const batch of reader.read({ topic, partitions })) {
        for (const { headers } of batch) arrived.push(String(headers.find(([name]) => name === 'ce_id')?.[1]))
      }
      const result = {
        lost: printed.filter((id) => !arrived.includes(id)).length,
        doubled: arrived.length - new Set(arrived).size,
        inOrder: JSON.stringify(arrived) === JSON.stringify(printed),
      }
      console.log(`      ${topic}: ${printed.length} records, ${outages} outages: ${JSON.stringify(result)}`)
      expect(new Set(printed).size, 'ids are ids').to.equal(printed.length)
      expect(result, live.stderr).to.deep.equal({ lost: 0, doubled: 0, inOrder: true })
    }
  })
})
