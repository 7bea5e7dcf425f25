import { expect } from 'chai'
import type { Logger } from '../../../../src/base/log.ts'
import { Sampler } from '../../../../src/collectors/gnmi/agent/sampler.ts'
import { Pattern } from '../../../../src/collectors/gnmi/agent/tree/pattern.ts'
import { Counters } from '../../../../src/collectors/metrics.ts'
import { FakeMachine } from './support/fake-machine.ts'
import { ManualClock, settled } from './support/manual-clock.ts'

describe("the agent's sampler", () => {
  const everything = new Pattern('openconfig', [])
  let clock: ManualClock
  let machine: FakeMachine
  let metrics: Counters
  let warnings: string[]
  let sampler: Sampler

  beforeEach(() => {
    clock = new ManualClock()
    machine = new FakeMachine()
    metrics = new Counters()
    warnings = []
    const logger: Logger = { debug() {}, info() {}, error() {}, warn: (message) => warnings.push(message) }
    sampler = new Sampler(machine.sources, { clock, metrics, logger })
  })

  it('knows which sources may have leaves for a pattern', () => {
    const names = (pattern: Pattern) => sampler.behind(pattern).map(({ source }) => source.name)
    expect(names(everything)).to.deep.equal(['system', 'interfaces'])
    expect(names(new Pattern('openconfig', [{ name: 'interfaces', keys: [] }]))).to.deep.equal(['interfaces'])
    expect(names(new Pattern('shitops', []))).to.deep.equal(['battery'])
  })

  it('does not read again what is fresh enough, and shares a reading under way', async () => {
    machine.system.every = 1_000
    const wanted = sampler.behind(everything)
    await Promise.all([sampler.refresh(wanted), sampler.refresh(wanted)])
    await sampler.refresh(wanted)
    expect(machine.system.reads).to.equal(1)
    clock.set(clock.now() + 1_000)
    await sampler.refresh(wanted)
    expect(machine.system.reads).to.equal(2)
    // A clock that was set back says nothing about age.
    clock.set(clock.now() - 500)
    await sampler.refresh(wanted)
    expect(machine.system.reads).to.equal(3)
  })

  it('waits five seconds for a source that hangs, once, and does not start it again', async () => {
    machine.system.gate = new Promise(() => {})
    let done = false
    void sampler.refresh(sampler.behind(everything)).then(() => {
      done = true
    })
    await clock.advance(4_999)
    expect(done).to.equal(false)
    await clock.advance(1)
    expect(done).to.equal(true)
    // The others are read as before, and nobody waits.
    const before = machine.interfaces.reads
    await sampler.refresh(sampler.behind(everything))
    expect([machine.system.reads, machine.interfaces.reads]).to.deep.equal([1, before + 1])
  })

  it('does not wait for a slow source that has been read before, but for a whole state it does', async () => {
    machine.battery.slow = true
    const wanted = sampler.behind(new Pattern('shitops', []))
    await sampler.refresh(wanted)
    expect(wanted[0]?.reading?.leaves).to.have.length(2)
    let open = () => {}
    machine.battery.gate = new Promise((resolve) => {
      open = resolve
    })
    await sampler.refresh(wanted)
    let whole = false
    void sampler.refresh(wanted, { whole: true }).then(() => {
      whole = true
    })
    await settled()
    expect(whole).to.equal(false)
    open()
    await settled()
    expect(whole).to.equal(true)
    expect(machine.battery.reads).to.equal(2)
  })

  it('keeps the last reading over a failure or two, then it is gone; says so once', async () => {
    const [system] = sampler.behind(everything)
    await sampler.refresh([system ?? never()])
    machine.system.failure = new Error('no such file')
    for (const left of [4, 4, 0, 0]) {
      await sampler.refresh([system ?? never()])
      expect(system?.reading?.leaves).to.have.length(left)
    }
    expect(warnings).to.deep.equal(['system cannot be read: no such file'])
    expect(metrics.get('read_failures')).to.equal(4)
    machine.system.failure = undefined
    await sampler.refresh([system ?? never()])
    expect(system?.reading?.leaves).to.have.length(4)
  })
})

function never(): never {
  throw new Error('there is no such source')
}
