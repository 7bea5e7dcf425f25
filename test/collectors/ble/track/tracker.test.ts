import { expect } from 'chai'
import { BLE_DEFAULTS } from '../../../../src/collectors/ble/config.ts'
import type { Sighting } from '../../../../src/collectors/ble/sighting.ts'
import { Tracker } from '../../../../src/collectors/ble/track/tracker.ts'
import type { AudioMetrics, DevicePresence } from '../../../../src/events/event-types.ts'

/** On a border of intervals. */
const NOW = Date.UTC(2026, 0, 30, 8)

class Scene {
  readonly presence: DevicePresence[] = []
  readonly audio: AudioMetrics[] = []
  readonly tracker: Tracker
  time = NOW

  constructor(zones: Record<string, string> = {}) {
    const listener = { presence: (e: DevicePresence) => void this.presence.push(e), audio: (e: AudioMetrics) => void this.audio.push(e) }
    this.tracker = new Tracker({ ...BLE_DEFAULTS, zones }, listener)
  }

  see(changed: Partial<Sighting> = {}): void {
    const facts = {
      model: 'AirPods Pro 2',
      model_id: '1420',
      left_battery_pct: 80,
      right_battery_pct: 70,
      left_in_ear: true,
      right_in_ear: true,
    }
    const base = { device: 'hs_1', person: 'p-1', receiver: 'rx-1', rssi: -60, authenticated: true, exact: false, facts }
    this.tracker.see({ time: this.time, ...base, ...changed })
  }

  /** A frame a second. */
  during(seconds: number, changed: Partial<Sighting> = {}): void {
    for (let i = 0; i < seconds; i++) {
      this.see(changed)
      this.time += 1000
    }
  }

  pass(seconds: number): void {
    this.time += seconds * 1000
    this.tracker.advance(this.time)
  }

  say(state: 'idle' | 'media' | 'ringing' | 'call' | 'hanging_up', seconds: number, more: Partial<Sighting> = {}): void {
    this.during(seconds, { audio: { state, basis: 'connection_state', confidence: 0.95, microphone: 'left' }, ...more })
  }

  kinds = () => this.presence.map(({ kind }) => kind)
  edges = () =>
    this.audio.filter(({ kind }) => kind === 'edge').map(({ previous_state, audio_state }) => `${previous_state}>${audio_state}`)
  samples = () => this.audio.filter(({ kind }) => kind === 'sample')
  last = () => this.presence.at(-1)
}

describe('presence', () => {
  it('is an arrival, heartbeats, and a departure after a minute of silence, at the time it is due', () => {
    const scene = new Scene()
    scene.during(121)
    scene.pass(3600)
    expect(scene.kinds()).to.deep.equal(['arrived', 'heartbeat', 'heartbeat', 'left'])
    const [arrived, , , left] = scene.presence
    expect(arrived).to.include({ person: 'p-1', battery_pct: 70, proximity: 'immediate', zone: 'rx-1' })
    expect(left).to.include({
      silent_s: 60,
      last_seen: new Date(NOW + 120_000).toISOString(),
      event_time: new Date(NOW + 180_000).toISOString(),
    })
    expect(scene.tracker.size).to.equal(0)
  })

  it('names what changed', () => {
    const scene = new Scene()
    scene.see()
    scene.see({ facts: { left_battery_pct: 60, right_battery_pct: 70 } })
    expect(scene.last()).to.include({ kind: 'changed', battery_pct: 60, model: 'AirPods Pro 2' })
    expect(scene.last()?.changed).to.deep.equal(['battery_pct', 'left_battery_pct'])
  })

  it('believes an unproven frame the third time in a row, and one odd frame never', () => {
    const scene = new Scene()
    const out = { authenticated: false, facts: { left_in_ear: false, right_in_ear: false } }
    scene.during(3)
    scene.see(out)
    scene.see(out)
    scene.see({ authenticated: false })
    scene.see(out)
    scene.see(out)
    expect(scene.kinds()).to.deep.equal(['arrived'])
    scene.see(out)
    expect(scene.last()).to.include({ kind: 'changed', left_in_ear: false })
  })

  it('keeps what one pod knows while the other one speaks', () => {
    const scene = new Scene()
    const inCase = { facts: { case_battery_pct: 50, lid: 'open' as const } }
    const outside = { facts: { case_battery_pct: null, lid: 'unknown' as const } }
    scene.see(inCase)
    scene.time += 1000
    scene.see(outside)
    expect(scene.kinds()).to.deep.equal(['arrived'])
    scene.time += 2000
    scene.see(outside)
    expect(scene.last()?.changed, 'a lid byte is worth two seconds').to.deep.equal(['lid'])
    scene.during(60, outside)
    expect(scene.last()).to.include({ case_battery_pct: null })
  })

  it('does not undo batteries known to the percent by tens', () => {
    const scene = new Scene()
    scene.see({ exact: true, facts: { left_battery_pct: 78, right_battery_pct: 74 } })
    scene.during(5, { exact: false, authenticated: false, facts: { left_battery_pct: 70, right_battery_pct: 70 } })
    expect(scene.kinds()).to.deep.equal(['arrived'])
  })

  it('tells how long the battery lasts, once it has fallen often enough', () => {
    const scene = new Scene()
    for (const level of [60, 50, 40, 30]) scene.during(600, { facts: { left_battery_pct: level, right_battery_pct: level } })
    expect(scene.last()?.battery_left_s).to.be.within(1_740, 2_400)
  })

  it('doubts a headset that an address alone speaks for while forged frames are about', () => {
    const scene = new Scene()
    const sighting = { time: NOW, device: 'hs_2', person: 'p-2', receiver: 'rx-1', rssi: -60, authenticated: false, exact: false }
    scene.tracker.see(sighting, true)
    scene.tracker.see({ ...sighting, time: NOW + 1 }, true)
    expect(scene.kinds()).to.deep.equal([])
    scene.tracker.see({ ...sighting, time: NOW + 2 }, true)
    scene.tracker.see({ ...sighting, device: 'hs_3', person: 'p-3', authenticated: true }, true)
    expect(scene.kinds()).to.deep.equal(['arrived', 'arrived'])
  })
})

describe('several receivers', () => {
  const rooms = { 'rx-1': 'room-101', 'rx-2': 'room-204' }
  const both = (scene: Scene, seconds: number, one: number, two: number) => {
    for (let i = 0; i < seconds; i++) {
      scene.see({ receiver: 'rx-1', rssi: one })
      scene.see({ receiver: 'rx-2', rssi: two })
      scene.time += 1000
    }
  }

  it('put a headset where it is heard best, and move it once', () => {
    const scene = new Scene(rooms)
    both(scene, 30, -50, -70)
    expect(scene.last()?.zone).to.equal('room-101')
    both(scene, 60, -70, -50)
    const moves = scene.presence.filter(({ changed }) => changed?.includes('zone'))
    expect(moves.map(({ zone }) => zone)).to.deep.equal(['room-204'])
  })

  it('do not flap over a few decibels', () => {
    const scene = new Scene(rooms)
    for (let i = 0; i < 20; i++) both(scene, 10, i % 2 ? -58 : -62, i % 2 ? -62 : -58)
    expect(scene.presence.filter(({ changed }) => changed?.includes('zone'))).to.have.length(0)
  })

  it('give way at once when they fall silent', () => {
    const scene = new Scene(rooms)
    both(scene, 20, -50, -70)
    scene.during(16, { receiver: 'rx-2', rssi: -80 })
    expect(scene.last()?.zone).to.equal('room-204')
  })
})

describe('audio', () => {
  it('follows a call from its ringing to its end, and counts it', () => {
    const scene = new Scene()
    scene.say('idle', 10)
    scene.say('ringing', 8)
    scene.say('call', 42)
    scene.say('hanging_up', 3)
    scene.say('idle', 7)
    scene.pass(0)
    expect(scene.edges()).to.deep.equal(['unknown>idle', 'idle>ringing', 'ringing>call', 'call>hanging_up', 'hanging_up>idle'])
    const sum = (field: 'call_s' | 'ringing_s' | 'calls_begun' | 'observed_s') =>
      scene.samples().reduce((all, event) => all + (event[field] ?? 0), 0)
    expect([sum('call_s'), sum('ringing_s'), sum('calls_begun'), sum('observed_s')]).to.deep.equal([42, 8, 1, 70])
    expect(scene.samples().map(({ intensity }) => intensity)).to.satisfy((all: number[]) => all[0] === 0 && (all[3] ?? 0) > 0.9)
    expect(scene.samples()[3]).to.include({ microphone: 'left', audio_state: 'call', transitions: 0 })
  })

  it('is one call with a gap in it, and two with an end between', () => {
    const scene = new Scene()
    const begun = () => scene.samples().reduce((all, { calls_begun = 0 }) => all + calls_begun, 0)
    scene.say('call', 20)
    scene.pass(30)
    scene.say('call', 20)
    scene.pass(10)
    expect(scene.edges()).to.deep.equal(['unknown>call', 'call>unknown', 'unknown>call'])
    expect(begun()).to.equal(1)
    expect(scene.samples().at(-1)?.call_elapsed_s).to.be.above(60)
    scene.say('idle', 10)
    scene.say('call', 20)
    expect(begun()).to.equal(2)
  })

  it('knows nothing after 15 s without a word, and says why', () => {
    const scene = new Scene()
    scene.say('media', 5)
    scene.pass(40)
    const edge = scene.audio.filter(({ kind }) => kind === 'edge').at(-1)
    expect(edge).to.include({ audio_state: 'unknown', basis: 'timeout', confidence: 0, event_time: new Date(NOW + 19_000).toISOString() })
    expect(scene.samples().reduce((all, { media_s = 0 }) => all + media_s, 0)).to.be.at.most(19)
  })

  it('counts the talk time of a headset that is seldom heard: a state holds over intervals without a frame', () => {
    const scene = new Scene()
    for (let n = 0; n < 10; n++) {
      scene.say('call', 1)
      scene.pass(11)
    }
    scene.pass(60)
    const sum = (field: 'call_s' | 'calls_begun' | 'transitions') => scene.samples().reduce((all, event) => all + (event[field] ?? 0), 0)
    // The last word was said at second 108, and held for 15.
    expect([sum('call_s'), sum('calls_begun'), sum('transitions')]).to.deep.equal([123, 1, 2])
    expect(scene.samples()).to.have.length(13)
  })

  it('takes the edges of a call from nearby actions, with less confidence', () => {
    const scene = new Scene()
    const action = (state: 'call' | 'hanging_up') =>
      scene.see({ authenticated: false, audio: { state, basis: 'nearby_action', confidence: 0.7, edge: true } })
    scene.say('idle', 2, { authenticated: false })
    action('call')
    scene.pass(5)
    action('hanging_up')
    scene.pass(15)
    expect(scene.edges()).to.deep.equal(['unknown>idle', 'idle>call', 'call>hanging_up', 'hanging_up>idle'])
    const bases = scene.audio.filter(({ kind }) => kind === 'edge').map(({ basis }) => basis)
    expect(bases).to.deep.equal(['connection_state', 'nearby_action', 'nearby_action', 'timeout'])
  })

  it('hangs up for as long as the headset says so, and is idle ten seconds after its last word', () => {
    const scene = new Scene()
    scene.say('call', 5)
    scene.say('hanging_up', 30)
    scene.pass(14)
    expect(scene.edges()).to.deep.equal(['unknown>call', 'call>hanging_up', 'hanging_up>idle'])
    expect(scene.audio.findLast(({ kind }) => kind === 'edge')?.event_time).to.equal(new Date(NOW + 44_000).toISOString())
  })

  it('is not taken in by one odd frame', () => {
    const scene = new Scene()
    scene.say('call', 10, { authenticated: false })
    scene.say('idle', 2, { authenticated: false })
    scene.say('call', 10, { authenticated: false })
    expect(scene.edges()).to.deep.equal(['unknown>call'])
  })

  it('sums up an interval that ends early', () => {
    const scene = new Scene()
    scene.say('media', 4)
    scene.tracker.finish(scene.time)
    expect(scene.samples()).to.have.length(1)
    expect(scene.samples()[0]).to.include({ interval_s: 4, media_s: 4, observed_s: 4 })
  })
})
