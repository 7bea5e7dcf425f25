import { expect } from 'chai'
import { painter } from '../../src/tui/draw/paint.ts'
import type { Effect } from '../../src/tui/reduce.ts'
import { Store } from '../../src/tui/store.ts'
import { World } from '../../src/tui/world.ts'
import { alertOf, change, delta, NOON, sampleWorld } from './support/sample.ts'

describe('tui: the store', () => {
  let world: World
  let size = { columns: 100, rows: 24 }
  let now = NOON
  let effects: Effect[]
  let store: Store
  beforeEach(async () => {
    world = await sampleWorld()
    effects = []
    now = NOON
    size = { columns: 100, rows: 24 }
    store = new Store({
      ...{ world, painter: painter(0), source: 'test', size: () => size, now: () => now, ticking: () => now },
      onEffect: (effect) => effects.push(effect),
    })
  })
  const text = () => store.frame().join('\n')

  it('draws when something has changed, and else leaves the very same frame', async () => {
    store.drawIfChanged()
    let told = 0
    store.subscribe(() => told++)
    const before = store.frame()
    store.drawIfChanged()
    expect([store.frame(), told]).to.eql([before, 0])
    expect(store.frame()).to.equal(before)
    world.take('operations', delta('operations', change('alerts', 'ff', await alertOf('ff', { subject: 'fresh-1' }))), now)
    store.drawIfChanged()
    expect(told).to.equal(1)
    expect(text()).to.include('fresh-1')
    size = { columns: 120, rows: 40 }
    store.drawIfChanged()
    expect(store.frame()).to.have.length(39)
  })

  it('stands still while paused, counts what comes, and shows it afterwards', async () => {
    store.type(['2', 'p'])
    world.take('operations', delta('operations', change('alerts', 'ff', await alertOf('ff', { subject: 'fresh-1' }))), now)
    store.drawIfChanged()
    expect(text()).to.include('PAUSED, 1 new').and.not.include('fresh-1')
    store.type(['p'])
    expect(text()).to.include('fresh-1').and.not.include('PAUSED')
  })

  it('tells ages by the clock of a simulation, and the address of its page', () => {
    const long = 5 * 86_400_000
    const simulated = new Store({
      ...{ world, painter: painter(0), source: 'demo 20×', size: () => size, now: () => now + long, ticking: () => now },
      ...{ eventNow: () => now, link: 'http://127.0.0.1:1/#token=abc', onEffect: () => {} },
    })

    expect(simulated.frame().join('\n')).to.include(', 5 s old')
    expect(simulated.frame().join('\n')).to.include('http://127.0.0.1:1/#token=abc')
    size = { columns: 60, rows: 24 }
    simulated.type(['/', ...'access and more', 'enter'])
    expect(simulated.frame().join('\n'), 'whole or not at all').to.not.include('http:')
    simulated.type(['6'])
    expect(simulated.frame().join('\n')).to.not.match(/\d d\b/)
  })

  it('hands on what is to be done elsewhere, and says how it went', () => {
    store.type(['2', 'a', 'q'])
    expect(effects.map(({ type }) => type)).to.eql(['ack', 'quit'])
    store.say('You are on it.')
    expect(text()).to.include('You are on it.')
    now += 10_000
    store.drawIfChanged()
    expect(text()).to.not.include('You are on it.')
  })

  it('draws every line anew when the terminal has lost them', () => {
    const frames: string[] = []
    store.subscribe(() => frames.push(store.frame().join('\n')))
    store.again()
    expect(frames).to.have.length(2)
    expect(frames[0]).to.not.equal(frames[1])
  })

  it('counts how often things change, second by second', () => {
    for (let second = 0; second < 5; second++) {
      now = NOON + second * 1_000
      world.take('operations', delta('operations', ...Array.from({ length: 10 }, (_, i) => change('device_metrics', `d${i}`, {}))), now)
    }
    world.pass(NOON + 5_000)
    expect(world.rate).to.equal(10)
  })

  it('knows what time it is where the records come from: of a replay its own, which goes on when nothing comes', () => {
    const replay = new World()
    expect(replay.present(NOON)).to.equal(NOON)
    replay.take('operations', delta('operations', change('insights', 'd', {}, -3_600_000)), NOON)
    expect(replay.present(NOON)).to.equal(NOON - 3_600_000)
    replay.take('operations', delta('operations', change('insights', 'd', {}, -7_200_000)), NOON + 4_000)
    expect(replay.present(NOON + 5_000)).to.equal(NOON - 3_600_000 + 5_000)
    expect(replay.copy().present(NOON + 5_000)).to.equal(replay.present(NOON + 5_000))
  })
})
