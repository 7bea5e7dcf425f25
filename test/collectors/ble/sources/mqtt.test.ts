import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import type { Advertisement } from '../../../../src/collectors/ble/advertisement.ts'
import { Problem } from '../../../../src/collectors/ble/decode/problem.ts'
import { parseBrokerUrl } from '../../../../src/collectors/ble/sources/mqtt/broker-url.ts'
import { readMessage } from '../../../../src/collectors/ble/sources/mqtt/message.ts'
import { openSource } from '../../../../src/collectors/ble/sources/open-source.ts'
import { collect, sourceContext, type TestContext } from '../../../support/ble-source.ts'
import { waitFor } from '../../../support/kafka/wait-for.ts'
import { MqttBroker } from '../../../support/mqtt-broker.ts'
import { thrownBy } from '../../../support/thrown-by.ts'

const STATUS = '4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4'
const THEENGS = { id: '5A:16:2B:91:D1:CD', rssi: -61, mac_type: 1, adv_type: 3, manufacturerdata: STATUS }

describe('MQTT messages', () => {
  const read = (topic: string, payload: unknown) =>
    readMessage(topic, Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)), 99, 'desk')
  const data = (hex: string) => Buffer.from(hex, 'hex')

  it('of Theengs gateway and OpenMQTTGateway', () => {
    expect(read('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)).to.deep.equal({
      timestamp: 99,
      address: '5A:16:2B:91:D1:CD',
      addressType: 'random',
      rssi: -61,
      manufacturerData: data(STATUS),
      receiver: 'kitchen',
    })
  })

  it('of ESPHome, where the company id stands apart', () => {
    const message = { address: '5A:16:2B:91:D1:CD', rssi: -61, address_type: 'RANDOM', manufacturer_data: STATUS.slice(4) }
    for (const manufacturer_id of [76, '004c', '0x004C']) {
      const heard = read('esphome/room-2/ble', { ...message, manufacturer_id }) as Advertisement
      expect(heard).to.include({ address: '5A:16:2B:91:D1:CD', addressType: 'random', receiver: 'room-2' })
      expect(heard.manufacturerData).to.deep.equal(data(STATUS))
    }
    // format_hex_pretty() writes it so.
    const pretty = STATUS.replace(/..(?=.)/g, '$&.').toUpperCase()
    for (const manufacturer_data of [pretty, `${pretty} (${STATUS.length / 2})`])
      expect(read('x', { ...message, manufacturer_data })).to.have.deep.property('manufacturerData', data(STATUS))
  })

  it('of ESPresense, which tell where a headset is but not how', () => {
    const message = { id: 'apple:1005:9-26', disc: 'apple:1005:9-26', mac: '5a162b91d1cd', 'rssi@1m': -71, rssi: -66.5, distance: 1.4 }
    expect(read('espresense/devices/apple:1005:9-26/kitchen', message)).to.deep.equal({
      timestamp: 99,
      address: '5A:16:2B:91:D1:CD',
      addressType: 'unknown',
      rssi: -66,
      manufacturerData: Buffer.alloc(0),
      receiver: 'kitchen',
    })
  })

  it('name the receiver themselves, or else the one it is by default does', () => {
    expect(read('home/kitchen/BTtoMQTT/x', { ...THEENGS, receiver: 'hall' })).to.include({ receiver: 'hall' })
    expect(read('anything', { ...THEENGS, room: 'hall' })).to.include({ receiver: 'hall' })
    expect(read('anything', THEENGS)).to.include({ receiver: 'desk' })
  })

  it('that tell of something else are passed over', () => {
    for (const other of [{}, { id: '5A:16:2B:91:D1:CD', rssi: -60 }, { state: 'online' }, { mac: '5a162b91d1cd', rssi: -60 }]) {
      expect(read('home/kitchen/BTtoMQTT/x', other)).to.equal(null)
    }
  })

  it('that cannot be read say why', () => {
    const bad = ['', 'online', '[]', '7', 'null', { manufacturerdata: 'xyz' }, { manufacturer_data: '4c0', manufacturer_id: 76 }]
    for (const message of [...bad, { manufacturer_data: '4c00', manufacturer_id: 65_536 }, `{"id":"${'x'.repeat(20_000)}"}`]) {
      expect(read('t', message), JSON.stringify(message).slice(0, 60)).to.be.instanceOf(Problem)
    }
  })
})

describe('MQTT broker URLs', () => {
  it('name broker, user and topics', () => {
    const defaults = ['home/+/BTtoMQTT/#', 'espresense/devices/#', 'esphome/+/ble']
    expect(parseBrokerUrl('mqtt://broker')).to.deep.equal({ broker: 'mqtt://broker', username: undefined, filters: defaults })
    expect(parseBrokerUrl('mqtts://anna@broker:8883/')).to.deep.equal({
      broker: 'mqtts://broker:8883',
      username: 'anna',
      filters: defaults,
    })
    expect(parseBrokerUrl('mqtt://[::1]:1883/home/+/BTtoMQTT/#').filters).to.deep.equal(['home/+/BTtoMQTT/#'])
  })

  for (const bad of ['mqtt://', 'mqtt:broker', 'mqtt://anna:secret@broker']) {
    it(`are not ${bad}`, async () => {
      const error = await thrownBy(async () => parseBrokerUrl(bad))
      expect(error).to.include({ code: 'SHITOPS_E_USAGE' })
      expect(error.message).to.not.include('secret')
    })
  }
})

describe('the MQTT source, with a broker', () => {
  let broker: MqttBroker
  let context: TestContext

  beforeEach(async () => {
    broker = await MqttBroker.start()
    context = sourceContext()
  })

  afterEach(async () => {
    context.abort()
    await broker.stop()
  })

  const open = ({ user = '', topic = '', password }: { user?: string; topic?: string; password?: string } = {}) =>
    openSource(`mqtt://${user}${broker.address}${topic}`, context, password === undefined ? {} : { password })

  function reading(source: AsyncIterable<readonly Advertisement[]>): { all: Advertisement[]; done: Promise<void> } {
    const all: Advertisement[] = []
    const done = (async () => {
      for await (const batch of source) all.push(...batch)
    })()
    return { all, done }
  }

  it('hears all gateways, and nothing that was retained', async () => {
    await broker.publish('home/kitchen/BTtoMQTT/old', { ...THEENGS, receiver: 'old' }, { retain: true })
    const { all } = reading(await open())
    await broker.publish('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)
    await broker.publish('esphome/room-2/ble', { address: THEENGS.id, rssi: -60, manufacturer_id: 76, manufacturer_data: STATUS.slice(4) })
    await broker.publish('espresense/devices/x/hall', { mac: '5a162b91d1cd', rssi: -60, distance: 1 })
    await broker.publish('espresense/rooms/hall', { uptime: 5 })
    await waitFor('three advertisements', () => all.length === 3)
    expect(all.map(({ receiver }) => receiver)).to.deep.equal(['kitchen', 'room-2', 'hall'])
  })

  it('hears the topics it is told, and counts what is broken', async () => {
    const { all } = reading(await open({ topic: '/my/+/frames' }))
    await broker.publish('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)
    await broker.publish('my/own/frames', 'nonsense')
    await broker.publish('my/own/frames', THEENGS)
    await waitFor('an advertisement', () => all.length === 1)
    expect(context.metrics.get('malformed')).to.equal(1)
    expect(context.lines).to.deep.equal([`warn: mqtt://${broker.address}: a message that is no JSON object`])
  })

  it('comes back when the connection was lost', async () => {
    const { all } = reading(await open())
    await broker.vanish()
    await waitFor('the loss to be noticed', () => context.lines.some((line) => line.includes('the connection is lost')))
    await broker.listen()
    await waitFor('the connection to come back', () => context.lines.some((line) => line.includes('connected again')))
    await waitFor('an advertisement', async () => {
      await broker.publish('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)
      return all.length > 0
    })
  })

  it('leaves the broker when it is stopped', async () => {
    const { done } = reading(await open())
    expect(broker.clients).to.equal(1)
    context.abort()
    await done
    await waitFor('the broker to notice', () => broker.clients === 0)
  })

  it('gives user and password, which are refused when they are wrong', async () => {
    broker.requirePassword('anna', 'right')
    const error = await thrownBy(() => open({ user: 'anna@', password: 'wrong' }))
    expect(error).to.include({ code: 'SHITOPS_E_MQTT_REFUSED', exit: 77 })
    expect(JSON.stringify([error.message, error.suggestions])).to.not.include('wrong')
    const { all } = reading(await open({ user: 'anna@', password: 'right' }))
    await broker.publish('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)
    await waitFor('an advertisement', () => all.length === 1)
  })

  it('does with the topics that the broker grants', async () => {
    broker.refuse(/^es/)
    const { all } = reading(await open())
    expect(context.lines).to.deep.equal([`warn: mqtt://${broker.address} refuses the subscription to espresense/devices/#, esphome/+/ble`])
    await broker.publish('home/kitchen/BTtoMQTT/5A162B91D1CD', THEENGS)
    await waitFor('an advertisement', () => all.length === 1)
  })

  it('says when the broker grants none', async () => {
    broker.refuse(/./)
    const error = await thrownBy(() => open({ topic: '/my/+/frames' }))
    expect(error).to.include({ code: 'SHITOPS_E_MQTT_REFUSED', exit: 77 })
    expect(error.message).to.equal(`mqtt://${broker.address} refuses the subscription to my/+/frames`)
    await waitFor('the client to leave', () => broker.clients === 0)
  })

  it('does not wait for a broker that says nothing, once it is stopped', async () => {
    const mute = createServer().listen(0, '127.0.0.1')
    try {
      await once(mute, 'listening')
      const opened = openSource(`mqtt://127.0.0.1:${(mute.address() as AddressInfo).port}`, context)
      const [socket] = (await once(mute, 'connection')) as [Socket]
      const gone = once(socket.resume(), 'close')
      context.abort()
      expect(await collect(await opened)).to.deep.equal([])
      await gone
    } finally {
      mute.close()
    }
  })

  it('says when there is no broker', async () => {
    await broker.vanish()
    const error = await thrownBy(() => open())
    expect(error).to.include({ code: 'SHITOPS_E_MQTT_UNAVAILABLE', exit: 69 })
    expect(error.message).to.include(`mqtt://${broker.address} cannot be reached`)
  })
})
