import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { OwnTime } from '../../support/own-time.ts'
import { codeOf, readAll, removeDirectory, temporaryDirectory, until } from './support.ts'

const CHILD = fileURLToPath(new URL('./process-child.ts', import.meta.url))

interface Message {
  value?: string
  partition?: number
  assigned?: number
  refused?: string
}

/** One other process and what it said. */
class Other {
  readonly messages: Message[] = []
  ready = false
  readonly #child: ChildProcess

  constructor(url: string, role: string, environment: Record<string, string> = {}) {
    this.#child = fork(CHILD, { execArgv: ['--import', 'tsx'], env: { ...process.env, CHILD_URL: url, CHILD_ROLE: role, ...environment } })
    this.#child.on('message', (message: Message | 'ready') => {
      if (message === 'ready') this.ready = true
      else this.messages.push(message)
    })
  }

  values(): string[] {
    return this.messages.flatMap(({ value }) => value ?? [])
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  tell(message: string): void {
    this.#child.send(message)
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill(signal)
    await gone
  }

  async over(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, 'exit')
    return this.#child.exitCode
  }
}

describe('bus/embedded between processes', function () {
  this.timeout(180_000)
  let directory: string
  let url: string
  let bus: Bus
  let others: Other[]

  const other = (role: string, environment: Record<string, string> = {}): Other => {
    const started = new Other(url, role, environment)
    others.push(started)
    return started
  }

  beforeEach(async () => {
    directory = temporaryDirectory()
    url = `embedded:${directory}`
    others = []
    bus = await openBus(url)
    await bus.createTopic({ name: 't', partitions: 4 })
  })

  afterEach(async () => {
    await Promise.all(others.map((process) => process.end('SIGKILL')))
    await bus.close()
    removeDirectory(directory)
  })

  it('one process follows what another writes', async () => {
    const follower = other('follow')
    await until('the follower', () => follower.ready)
    for (let i = 0; i < 20; i++) await bus.append('t', [{ key: null, value: String(i), partition: 0 }])
    await until('twenty values', () => follower.values().length === 20)
    expect(follower.values()).to.deep.equal(Array.from({ length: 20 }, (_, i) => String(i)))
    await follower.end('SIGTERM')
    expect(await follower.over()).to.equal(0)
  })

  it('processes that write at once lose nothing, and each keeps its order', async () => {
    const writers = ['a', 'b', 'c'].map((name) => other('append', { CHILD_COUNT: '200', CHILD_NAME: name }))
    expect(await Promise.all(writers.map((writer) => writer.over()))).to.deep.equal([0, 0, 0])
    const records = await readAll(bus, 't')
    expect(records.map(({ offset }) => offset)).to.deep.equal(Array.from({ length: 600 }, (_, i) => i))
    for (const name of ['a', 'b', 'c']) {
      const values = records.map(({ value }) => String(value)).filter((value) => value.startsWith(name))
      expect(values).to.deep.equal(Array.from({ length: 200 }, (_, i) => `${name}${i}`))
    }
  })

  it('what was acknowledged stays, however often others open the bus meanwhile', async () => {
    const openers = [1, 2].map(() => other('open', { CHILD_COUNT: '400' }))
    const writers = ['a', 'b', 'c'].map((name) => other('append', { CHILD_COUNT: '700', CHILD_NAME: name }))
    expect(await Promise.all([...openers, ...writers].map((each) => each.over()))).to.deep.equal([0, 0, 0, 0, 0])
    const values = new Set((await readAll(bus, 't')).map(({ value }) => String(value)))
    const written = ['a', 'b', 'c'].flatMap((name) => Array.from({ length: 700 }, (_, i) => `${name}${i}`))
    expect(written.filter((value) => !values.has(value))).to.deep.equal([])
  })

  it('the partitions of a killed member are taken over within ten seconds, from where it committed', async () => {
    const [one, two] = [other('member'), other('member')]
    const spread = () => [one, two].every(({ messages }) => messages.some(({ assigned }) => assigned !== undefined))
    await until('both members have partitions', spread)
    for (let i = 0; i < 40; i++) await bus.append('t', [{ key: null, value: `first${i}`, partition: i % 4 }])
    await until('the first forty', () => one.values().length + two.values().length === 40)
    await until('their commits', async () => (await bus.fetchOffsets('g', ['t'])).reduce((sum, { offset }) => sum + offset, 0) === 40)
    await two.end('SIGKILL')
    const sinceKilled = new OwnTime()
    for (let i = 0; i < 40; i++) await bus.append('t', [{ key: null, value: `second${i}`, partition: i % 4 }])
    const late = () => one.values().filter((value) => value.startsWith('second'))
    await until('the one that is left reads all forty', () => late().length >= 40)
    expect(sinceKilled.stop()).to.be.lessThan(10_000)
    expect(late()).to.have.length(40)
    expect(new Set([...one.values(), ...two.values()]).size).to.equal(80)
    expect((await bus.describeGroup('g')).members).to.equal(1)
  })

  it('a member that hung too long is fenced, and joins anew', async () => {
    // It commits when it is told to: the process freezes with a batch in hand, however late that is.
    const sleeper = other('member', { CHILD_HOLDS: 'yes' })
    await until('the partitions', () => sleeper.messages.some(({ assigned }) => assigned === 4))
    await bus.append('t', [{ key: null, value: 'in hand', partition: 2 }])
    await until('the batch', () => sleeper.values().length === 1)
    sleeper.signal('SIGSTOP')
    const heir = other('member')
    await until('the heir gets the record', () => heir.values().includes('in hand'))
    sleeper.signal('SIGCONT')
    sleeper.tell('commit')
    await until('the refusal', () => sleeper.messages.some(({ refused }) => refused === 'SHITOPS_E_FENCED'))
    await until('two members', async () => (await bus.describeGroup('g')).members === 2)
    await until('two and two', async () => {
      const { memberList } = await bus.describeGroup('g')
      return memberList.every(({ partitions }) => partitions.length === 2)
    })
    expect(await codeOf(bus.deleteGroup('g'))).to.equal('SHITOPS_E_GROUP_ACTIVE')
  })
})
