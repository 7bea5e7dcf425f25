import { expect } from 'chai'
import { kafkajsCall } from '../../../../src/bus/kafka/wire/kafkajs-codec.ts'
import { WireWriter } from '../../../../src/bus/kafka/wire.ts'

const DELETE_TOPICS = 20

describe('answers that kafkajs decodes', () => {
  it('are refused where a name is missing that it sorts by', async () => {
    const call = await kafkajsCall('DeleteTopics', { topics: ['t'], timeout: 1 }, new Map([[DELETE_TOPICS, { min: 0, max: 1 }]]))
    const answer = new WireWriter().int32(0)
    answer.array(['t', null], (name) => answer.string(name).int16(0))
    const failure = await Promise.resolve(call.decode?.(answer.done())).catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(RangeError)
  })
})
