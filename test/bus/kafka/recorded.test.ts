import { expect } from 'chai'
import fc from 'fast-check'
import { createPartitionsCall } from '../../../src/bus/kafka/admin/create-partitions.ts'
import { type DescribedCluster, describeClusterCall } from '../../../src/bus/kafka/admin/describe-cluster.ts'
import { type DescribedQuorum, describeQuorumCall } from '../../../src/bus/kafka/admin/describe-quorum.ts'
import { type Disks, disksCall } from '../../../src/bus/kafka/admin/disks.ts'
import { electLeadersCall } from '../../../src/bus/kafka/admin/elect-leaders.ts'
import { featuresCall, type MetadataLevels } from '../../../src/bus/kafka/admin/features.ts'
import { movingCall, reassignCall } from '../../../src/bus/kafka/admin/reassign.ts'
import { alterConfigsCall, TOPIC_RESOURCE } from '../../../src/bus/kafka/alter-configs-call.ts'
import type { CustomCall } from '../../../src/bus/kafka/protocol.ts'
import { WireWriter } from '../../../src/bus/kafka/wire.ts'
import { decoderOf, FEATURES, recorded } from './decoders.ts'

const VERSIONS = ['4.3', '3.9'] as const
const PARTITIONS = [0, 1, 2].map((partition) => ({ topic: 'orders', partition }))

/** The requests of the tour (tour.ts) that the operator's side makes, and brokers have taken. */
const REQUESTS: ReadonlyArray<CustomCall<unknown>> = [
  createPartitionsCall({ topic: 'orders', total: 3, replicas: [[1]] }, 10_000),
  electLeadersCall(PARTITIONS, 10_000),
  reassignCall(
    PARTITIONS.map((each) => ({ ...each, replicas: [1] })),
    10_000,
  ),
  ...[movingCall(10_000), describeQuorumCall(), disksCall(4)],
]

describe('requests and answers as a broker has taken and given them', () => {
  for (const version of VERSIONS) {
    describe(`Kafka ${version}`, () => {
      const exchanges = recorded(version)
      const of = (apiKey: number, apiVersion: number) => {
        const found = exchanges.find((each) => each.apiKey === apiKey && each.apiVersion === apiVersion)
        if (!found) throw new Error(`nothing of ${apiKey} v${apiVersion} was recorded`)
        return found
      }
      const decoded = async <T>(apiKey: number, apiVersion: number) => {
        const exchange = of(apiKey, apiVersion)
        return (await (await decoderOf(exchange)).decode(exchange.answer)) as T
      }

      it('the operator’s requests are encoded to those bytes', () => {
        for (const { name, apiKey, apiVersion, body } of REQUESTS) {
          expect(body.toString('hex'), name).to.equal(of(apiKey, apiVersion).request.toString('hex'))
        }
        const newest = version === '4.3' ? 2 : 1
        expect(describeClusterCall(9).apiVersion).to.equal(2)
        expect(describeClusterCall(newest).body.toString('hex')).to.equal(of(60, newest).request.toString('hex'))
      })

      it('their answers are decoded to what the cluster was', async () => {
        expect(await decoded(37, 1)).to.deep.equal({ code: 0, message: null })
        const done = PARTITIONS.map((each) => ({ ...each, code: 0, message: null }))
        expect(await decoded(45, 0)).to.deep.equal({ code: 0, message: null, partitions: done })
        expect(await decoded(46, 0)).to.deep.equal({ code: 0, message: null, moving: [] })
        const elected = await decoded<{ code: number; partitions: Array<{ topic: string; partition: number }> }>(43, 1)
        expect(elected.partitions.map(({ topic, partition }) => ({ topic, partition }))).to.have.deep.members(PARTITIONS)
        const quorum = await decoded<DescribedQuorum>(55, 1)
        expect([quorum.code, quorum.leader, quorum.voters.map(({ id }) => id)]).to.deep.equal([0, 1, [1]])
        const cluster = await decoded<DescribedCluster>(60, version === '4.3' ? 2 : 1)
        expect(cluster.brokers.map(({ id, host, rack, fenced }) => ({ id, host, rack, fenced }))).to.deep.equal([
          { id: 1, host: 'localhost', rack: 'a', fenced: false },
        ])
        const disks = await decoded<Disks>(35, 4)
        expect(disks.freeBytes ?? 0).to.be.greaterThan(0)
        expect([...disks.replicas.keys()]).to.include.members(PARTITIONS.map(({ topic, partition }) => `${topic}/${partition}`))
      })

      it('features tell the level of the metadata', () => {
        const { code, supported, finalized } = FEATURES(of(18, 3).answer) as MetadataLevels
        expect(code).to.equal(0)
        expect(finalized).to.be.greaterThan(0)
        expect(supported).to.be.at.least(finalized)
        expect(featuresCall().apiVersion).to.equal(3)
      })

      it('cut off at any byte, an answer is refused, or what is lacking is not needed: never another answer', async () => {
        for (const exchange of exchanges) {
          const { name, decode } = await decoderOf(exchange)
          const whole = await decode(exchange.answer)
          // Of long ones the beginning and the end: what is between repeats itself.
          const sizes = Array.from({ length: exchange.answer.length }, (_, size) => size)
          for (const size of sizes.length > 1_500 ? [...sizes.slice(0, 600), ...sizes.slice(-600)] : sizes) {
            const cut = exchange.answer.subarray(0, size)
            const answer = await attempt(() => decode(cut))
            if (answer instanceof Error) expect(answer, `${name}, ${size} bytes`).to.be.instanceOf(RangeError)
            else expect(withoutPayload(answer), `${name}, ${size} bytes`).to.deep.equal(withoutPayload(whole))
          }
        }
      }).timeout(120_000)
    })
  }

  it('bytes of anything are decoded, or refused by name', async () => {
    const exchanges = recorded('4.3')
    const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...exchanges), bytes, async (exchange, anything) => {
        const { decode } = await decoderOf(exchange)
        const answer = await attempt(() => decode(anything))
        if (answer instanceof Error) expect(answer.name).to.match(/^(RangeError|BrokerRefusal)$/)
      }),
      { numRuns: 300 },
    )
  })

  it('settings are changed one by one: SET 0 with a value, DELETE 1 with none', () => {
    const { body } = alterConfigsCall({ type: TOPIC_RESOURCE, name: 'orders' }, { 'max.message.bytes': '2000000', 'retention.ms': null })
    const wanted = new WireWriter().int32(1).int8(2).string('orders').int32(2)
    wanted.string('max.message.bytes').int8(0).string('2000000')
    wanted.string('retention.ms').int8(1).int16(-1).int8(0)
    expect(body.toString('hex')).to.equal(wanted.done().toString('hex'))
  })

  it('an older broker is asked in the version that it has', () => {
    expect([0, 1].map((newest) => describeClusterCall(newest).apiVersion)).to.deep.equal([0, 1])
    expect([1, 2, 3].map((newest) => disksCall(newest).apiVersion)).to.deep.equal([1, 1, 1])
    expect(disksCall(1).body.toString('hex')).to.equal('ffffffff')
  })
})

async function attempt(decode: () => unknown): Promise<unknown> {
  try {
    return await decode()
  } catch (error) {
    return error
  }
}

/** Fetch hands on the bytes that it was made of. */
function withoutPayload(answer: unknown): unknown {
  return { ...(answer as object), payload: null }
}
