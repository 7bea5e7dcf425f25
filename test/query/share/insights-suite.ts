import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { INSIGHT_OUTPUTS } from '../../../src/alerts/insight-sink.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { BEGIN, lossy, sample } from '../../alerts/insight-job-support.ts'
import { bundle } from '../../support/bundle.ts'
import { OwnTime } from '../../support/own-time.ts'
import { recordsOf } from '../run/job-support.ts'

const PARTITIONS = 2
/** As promised: another process has taken over within so long. */
const FAIL_OVER_MS = 15_000
/** Parts: device_flapping by partitions, the three of the folder each whole. */
const UNITS = PARTITIONS + 3
const NAMES = ['loss_a', 'loss_b', 'loss_c']

class Member {
  readonly #child: ChildProcess
  readonly said: string[] = []
  readonly gone: Promise<unknown>

  constructor(file: string, url: string, folder: string) {
    this.#child = fork(file, { execArgv: [], env: { ...process.env, SHARE_URL: url, SHARE_FOLDER: folder } })
    this.#child.on('message', ({ message }: { message: string }) => this.said.push(message))
    this.gone = once(this.#child, 'exit')
  }

  /** How many parts it runs, as it last said: `loss_a, device_flapping (1 of 2)`. */
  get parts(): number {
    const last = this.said.findLast((line) => line.startsWith('runs here: ') || line.startsWith('stands by'))
    if (!last?.startsWith('runs here: ')) return 0
    const names = last.slice('runs here: '.length).split(', ')
    return names.reduce((sum, name) => sum + (name === 'device_flapping' ? PARTITIONS : 1), 0)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
    if (signal !== 'SIGHUP') await this.gone
  }
}

/** Processes that share insights, on a bus of either kind. */
export function sharedInsightsSuite(urlOf: () => string, tests: ReadonlyArray<'fail-over' | 'reload'> = ['fail-over', 'reload']): void {
  let bundled: { file: string; folder: string }
  let bus: Bus
  let folder = ''
  const members: Member[] = []

  before(async function () {
    this.timeout(120_000)
    bundled = await bundle(fileURLToPath(new URL('./insight-child.ts', import.meta.url)))
  })
  after(() => rmSync(bundled.folder, { recursive: true, force: true }))
  beforeEach(async () => {
    bus = await openBus(urlOf())
    folder = mkdtempSync(join(tmpdir(), 'shitops-rules-'))
    for (const name of NAMES) writeFileSync(join(folder, `${name}.sql`), lossy())
    for (const name of ['device_metrics', ...INSIGHT_OUTPUTS]) await bus.createTopic({ name, partitions: PARTITIONS })
  })
  afterEach(async function () {
    this.timeout(120_000)
    await Promise.all(members.splice(0).map((member) => member.end('SIGKILL')))
    await bus.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const start = () => {
    const member = new Member(bundled.file, urlOf(), folder)
    members.push(member)
    return member
  }
  const until = async (what: string, condition: () => boolean | Promise<boolean>, ms = FAIL_OVER_MS * 3) => {
    const deadline = Date.now() + ms
    while (!(await condition())) {
      if (Date.now() > deadline) throw new Error(`waited in vain: ${what}; ${members.map(({ said }) => said.join(' | ')).join(' || ')}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  /** Each site lies in its own partition, so that time goes on in both. */
  const write = async (from: number, to: number, value: number) => {
    for (let at = from; at < to; at += 2) await bus.append('device_metrics', [sample(at, value, 'a', 0), sample(at, value, 'b', 1)])
  }
  const steps = async () =>
    (await recordsOf(bus, 'alert_log'))
      .map(({ value }) => JSON.parse(String(value)) as Record<string, string>)
      .map(
        ({ alert_name, transition, subject, event_time }) =>
          `${alert_name} ${subject} ${transition} ${(Date.parse(event_time ?? '') - BEGIN) / 1000}`,
      )
      .sort()
  const expected = (each: readonly string[]) =>
    NAMES.flatMap((name) => ['a', 'b'].flatMap((site) => each.map((step) => `${name} ${site} ${step}`))).sort()

  const among = (which: 'fail-over' | 'reload') => (tests.includes(which) ? it : it.skip)

  among('fail-over')('takes over insights of a killed process, with the alerts that they have', async function () {
    this.timeout(150_000)
    const first = start()
    await until('the first runs all', () => first.parts === UNITS)
    const second = start()
    await until('both have their share', () => first.parts > 0 && second.parts > 0 && first.parts + second.parts === UNITS)
    await write(0, 22, 1)
    await until('alerts that wait', async () => (await steps()).length === expected(['pending 10']).length)
    await first.end('SIGKILL')
    const sinceKilled = new OwnTime()
    await write(22, 42, 1)
    const fired = expected(['pending 10', 'firing 30'])
    await until('all of them fire', async () => (await steps()).length === fired.length)
    expect(sinceKilled.stop()).to.be.lessThan(FAIL_OVER_MS)
    await until('the second has said that it runs all', () => second.parts === UNITS)
    await second.end('SIGTERM')
    expect(await steps()).to.deep.equal(fired)
  })

  among('reload')(
    'reads them again while it runs: those that have changed go on with their state, the others undisturbed',
    async function () {
      this.timeout(150_000)
      const only = start()
      await until('it runs all', () => only.parts === UNITS)
      await write(0, 22, 1)
      await until('alerts that wait', async () => (await steps()).length === expected(['pending 10']).length)
      writeFileSync(join(folder, 'loss_b.sql'), lossy({ header: 'for: 5s' }))
      writeFileSync(join(folder, 'loss_c.sql'), 'no insight')
      await until('it says so', () => only.said.some((line) => line.includes('goes on with the state that it has')))
      expect(only.said.some((line) => line.includes('insight loss_c') && line.includes('stays as it was'))).to.equal(true)
      await write(22, 42, 1)
      const fired = [...expected(['pending 10', 'firing 30'])].map((line) => line.replace(/^(loss_b . firing) 30$/, '$1 FIRST'))
      await until('all of them fire', async () => (await steps()).length === fired.length)
      expect(await steps()).to.deep.equal(fired.map((line) => line.replace('FIRST', '15')).sort())
      rmSync(join(folder, 'loss_a.sql'))
      await only.end('SIGHUP')
      await until('it runs one less', () => only.parts === UNITS - 1)
      await only.end('SIGTERM')
    },
  )
}
