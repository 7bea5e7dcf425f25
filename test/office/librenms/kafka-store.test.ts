import { expect } from 'chai'
import { type StoreRecord, storeRecords } from '../../../src/office/librenms/kafka-store.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { HandClock, NOON } from './setup.ts'

interface Stored {
  measurement: string
  fields: Record<string, unknown>
  tags: Record<string, unknown>
}

describe("records of LibreNMS's Kafka data store", () => {
  let world: World
  beforeEach(() => {
    world = new World({ clock: new HandClock() })
  })
  const values = (records: Iterable<StoreRecord>) => [...records].map(({ value }) => JSON.parse(value) as Stored)
  const of = (measurement: string, device = 1) =>
    values(storeRecords(world.device(device))).filter((one) => one.measurement === measurement)

  it('are keyed by the device and named by measurement', () => {
    const records = [...storeRecords(world.device(1))]
    expect(new Set(records.map(({ topic, key }) => `${topic}/${key}`))).to.deep.equal(new Set(['librenms/1']))
    expect(new Set(values(records).map(({ measurement }) => measurement))).to.include.keys(
      'ports',
      'sensor',
      'processors',
      'mempool',
      'uptime',
    )
    for (const { tags } of values(records)) {
      expect(tags).to.include({ hostname: 'core-switch-1.example.net', current_polled_time: NOON / 1000 })
    }
  })

  it('of a port have ifIndex and no id and no state; text, null and "U" among the values', () => {
    const [port] = of('ports')
    expect(port?.tags).to.include({ ifName: 'Ethernet1/1', ifIndex: 10001 })
    expect(port?.tags).not.to.have.any.keys('port_id', 'port_descr_type')
    expect(port?.fields).not.to.have.any.keys('ifOperStatus', 'port_id', 'ifSpeed')
    expect(port?.fields.INOCTETS).to.match(/^184467440737\d{8}$/)
    expect(port?.fields).to.include({ INNUCASTPKTS: null, INUNKNOWNPROTOS: 'U' })
    expect(port?.fields.ifInBits_rate).to.equal(Number(port?.fields.ifInOctets_rate) * 8)
  })

  it('leave out ports that are down, and devices that are', () => {
    const before = of('ports').length
    world.portDown(1)
    expect(of('ports')).to.have.length(before - 1)
    world.deviceDown(1)
    expect([...storeRecords(world.device(1))]).to.deep.equal([])
  })

  it('of a device without SNMP are of its ping only', () => {
    expect(values(storeRecords(world.device(4))).map(({ measurement }) => measurement)).to.deep.equal(['icmp-perf'])
  })
})
