import { expect } from 'chai'
import { CODE } from '../../../src/bus/kafka/codes.ts'
import { WireWriter } from '../../../src/bus/kafka/wire.ts'
import { openBus } from '../../../src/bus/open.ts'
import { KEY, ScriptedBroker } from '../../support/kafka/scripted-broker.ts'

describe('a broker that is cut off from the others', () => {
  /** The first of two goes on taking itself for everybody's coordinator, and can finish nothing; the second knows better. */
  it('is not asked for ever who coordinates, though it always answers, and first', async () => {
    const [cutOff, healthy] = [await ScriptedBroker.listen(), await ScriptedBroker.listen()]
    const metadata = () => metadataOf([cutOff, healthy])
    cutOff.script = {
      [KEY.metadata]: metadata,
      [KEY.findCoordinator]: () => coordinatorIs(1, cutOff),
      [KEY.initProducer]: () => producer(CODE.CONCURRENT_TRANSACTIONS),
    }
    healthy.script = {
      [KEY.metadata]: metadata,
      [KEY.findCoordinator]: () => coordinatorIs(2, healthy),
      [KEY.initProducer]: () => producer(CODE.NONE),
    }
    const bus = await openBus(`${cutOff.url},${healthy.address}`)
    try {
      await bus.transact({ id: 'writer', appends: [] })
      const asked = (broker: ScriptedBroker) => broker.requests.filter(({ apiKey }) => apiKey === KEY.initProducer).length
      expect(asked(cutOff)).to.be.greaterThan(0)
      expect(asked(healthy)).to.equal(1)
    } finally {
      await bus.close()
      await Promise.all([cutOff.close(), healthy.close()])
    }
  })
})

/** Metadata v6 of brokers 1, 2, …, without topics. */
function metadataOf(brokers: readonly ScriptedBroker[]): Buffer {
  const answer = new WireWriter().int32(0)
  answer.array([...brokers.entries()], ([i, broker]) =>
    answer
      .int32(i + 1)
      .string(broker.host)
      .int32(broker.port)
      .string(null),
  )
  return answer.string('scripted').int32(1).int32(0).done()
}

/** FindCoordinator v1. */
function coordinatorIs(id: number, { host, port }: ScriptedBroker): Buffer {
  return new WireWriter().int32(0).int16(CODE.NONE).string(null).int32(id).string(host).int32(port).done()
}

/** InitProducerId v1. */
const producer = (errorCode: number) => new WireWriter().int32(0).int16(errorCode).int64(7).int16(0).done()
