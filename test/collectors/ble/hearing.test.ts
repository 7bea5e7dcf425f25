import { expect } from 'chai'
import type { Advertisement } from '../../../src/collectors/ble/advertisement.ts'
import { Hearing } from '../../../src/collectors/ble/hearing.ts'
import type { Sighting } from '../../../src/collectors/ble/sighting.ts'
import { Counters } from '../../../src/collectors/metrics.ts'
import { heard, SimulatedHeadset, strangeAddress } from './headset.ts'

const NOW = Date.UTC(2026, 0, 30, 8)
const headset = new SimulatedHeadset(1)
const NEARBY_CALL = Buffer.from('4c0010020e00', 'hex')

describe('what is heard', () => {
  let sightings: Sighting[]
  let strangers: Advertisement[]
  let counters: Counters
  let hearing: Hearing

  beforeEach(() => {
    sightings = []
    strangers = []
    counters = new Counters()
    const identify = (address: string) => (address === headset.address(0) ? { device: 'hs_1', person: 'h-1' } : undefined)
    hearing = new Hearing({ identify }, counters, {
      sighting: (sighting) => void sightings.push(sighting),
      stranger: (advertisement) => void strangers.push(advertisement),
      flood() {},
      cutOff() {},
    })
  })

  it('of an enrolled headset by a gateway that keeps the data to itself is where it is, and no more', () => {
    hearing.hear(heard(Buffer.alloc(0), headset.address(0), NOW, 'kitchen', -66))
    hearing.hear(heard(Buffer.alloc(0), strangeAddress(1), NOW, 'kitchen', -66))
    const where = { time: NOW, device: 'hs_1', person: 'h-1', receiver: 'kitchen', rssi: -66, authenticated: false, exact: false }
    expect(sightings).to.deep.equal([where])
    expect(strangers).to.deep.equal([])
    expect(counters.toJSON()).to.deep.equal({ foreign: 1 })
  })

  it('in one advertisement counts TLV by TLV: status and nearby info behind it', () => {
    hearing.hear(heard(Buffer.concat([headset.frame({ state: 'music' }), NEARBY_CALL.subarray(2)]), headset.address(0), NOW))
    expect(sightings.map(({ audio }) => audio?.basis)).to.deep.equal(['connection_state', 'nearby_info'])
    expect(sightings.map(({ facts }) => facts?.left_battery_pct)).to.deep.equal([80, undefined])
  })

  it("of strangers is only that a headset was there: what their phones do is nobody's business", () => {
    hearing.hear(heard(headset.frame({}), strangeAddress(1), NOW))
    hearing.hear(heard(NEARBY_CALL, strangeAddress(2), NOW))
    hearing.hear(heard(Buffer.from('0600010920', 'hex'), headset.address(0), NOW))
    expect(sightings).to.deep.equal([])
    expect(strangers.map(({ address }) => address)).to.deep.equal([strangeAddress(1)])
    expect(counters.toJSON()).to.deep.equal({ status_frames: 1, unenrolled: 1, foreign: 1 })
  })
})
