import { expect } from 'chai'
import type { Clock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { payloadSize } from '../../../src/bus/kafka/batch-encoder.ts'
import type { Cluster } from '../../../src/bus/kafka/cluster.ts'
import { CODE } from '../../../src/bus/kafka/codes.ts'
import { BrokerLost } from '../../../src/bus/kafka/failures.ts'
import type { Identity } from '../../../src/bus/kafka/identity.ts'
import { Lane } from '../../../src/bus/kafka/lane.ts'
import { RecordRun } from '../../../src/bus/kafka/run.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'

type Fate = 'ok' | 'answer lost' | 'request lost' | number

/** A leader that stores a batch once per producer id and sequence number, as Kafka does; each request meets the next of `fates`. */
class FakeLeader {
  readonly fates: Fate[] = []
  readonly stored = new Map<string, number>()
  /** Awaited before each answer. */
  gate: Promise<void> = Promise.resolve()

  async send({ tail: batch }: { tail: Buffer }): Promise<{ errorCode: number; baseOffset: number; clientSideThrottleTime: number }> {
    const fate = this.fates.shift() ?? 'ok'
    await this.gate
    if (fate === 'request lost') throw new BrokerLost('h:1', 'gone')
    if (typeof fate === 'number') return { errorCode: fate, baseOffset: -1, clientSideThrottleTime: 0 }
    const key = `${batch.readBigInt64BE(43)}:${batch.readInt32BE(53)}`
    const repeated = this.stored.has(key)
    if (!repeated) this.stored.set(key, this.stored.size)
    if (fate === 'answer lost') throw new BrokerLost('h:1', 'no answer')
    return { errorCode: repeated ? CODE.DUPLICATE_SEQUENCE_NUMBER : 0, baseOffset: this.stored.size - 1, clientSideThrottleTime: 0 }
  }
}

/** Producer ids 1, 2, 3, …; a new one cannot be had while the brokers are `down`. */
class FakeIdentity implements Identity {
  readonly transactionalId = null
  down = false
  renewals = 0
  #id = 1n

  current = async () => ({ producerId: this.#id, epoch: 0 })
  renew = async () => {
    this.renewals++
    if (this.down) throw new BrokerLost('h:1', 'gone')
    this.#id++
    return this.current()
  }
}

/** A lane, and a clock that moves only by being slept on. */
function setUp() {
  let now = 0
  const clock: Clock = {
    now: () => now,
    sleep: async (ms) => {
      now += ms
    },
  }
  const leader = new FakeLeader()
  const identity = new FakeIdentity()
  const settings = parseKafkaUrl('kafka://h')
  const cluster = {
    context: { settings, clock, logger: silentLogger },
    leader: async () => leader,
    topic: async () => ({}),
    askElsewhere() {},
  }
  const lane = new Lane(cluster as unknown as Cluster, 't', 0, identity)
  const push = (value: string, withinMs = 10_000) =>
    new Promise<number>((resolve, reject) => {
      const records = [{ key: null, value, timestamp: 1 }]
      lane.push({ run: new RecordRun(records, records.map(payloadSize)), bytes: 10, acks: -1, deadline: now + withinMs, resolve, reject })
    })
  return { lane, leader, identity, push, clock }
}

const codeOf = (outcome: Promise<unknown>) =>
  outcome.then(
    () => 'acknowledged',
    (error: { code: string }) => error.code,
  )

describe('the lane of a partition', () => {
  it('numbers batches on, and repeats one whose answer was lost under its number', async () => {
    const { leader, push } = setUp()
    leader.fates.push('ok', 'answer lost', 'ok')
    await push('a')
    await push('b')
    await push('c')
    expect([...leader.stored.keys()]).to.deep.equal(['1:0', '1:1', '1:2'])
  })

  it('after giving up on a batch of unknown fate, what is acknowledged is stored, though no new identity could be had then', async () => {
    const { leader, identity, push } = setUp()
    leader.fates.push('answer lost')
    identity.down = true
    expect(await codeOf(push('a', 0))).to.equal('SHITOPS_E_BUS_BUSY')
    identity.down = false
    expect(await codeOf(push('b'))).to.equal('acknowledged')
    expect([...leader.stored.keys()]).to.deep.equal(['1:0', '2:0'])
  })

  it('gives up without waiting for a new identity', async () => {
    const { leader, identity, push } = setUp()
    leader.fates.push('answer lost')
    await codeOf(push('a', 0))
    expect(identity.renewals).to.equal(0)
  })

  it('a hard refusal does not make sure what became of the attempt before it', async () => {
    const { leader, push } = setUp()
    leader.fates.push('answer lost', CODE.TOPIC_AUTHORIZATION_FAILED)
    expect(await codeOf(push('a'))).to.equal('SHITOPS_E_BUS_AUTH')
    expect(await codeOf(push('b'))).to.equal('acknowledged')
    expect([...leader.stored.keys()]).to.deep.equal(['1:0', '2:0'])
  })

  it('a batch that was refused for certain leaves its number to the next one', async () => {
    const { leader, identity, push } = setUp()
    leader.fates.push(CODE.TOPIC_AUTHORIZATION_FAILED)
    expect(await codeOf(push('a'))).to.equal('SHITOPS_E_BUS_AUTH')
    await push('b')
    expect([...leader.stored.keys()]).to.deep.equal(['1:0'])
    expect(identity.renewals).to.equal(0)
  })

  it('a leader that has lost track of the writer gets the batch from another one', async () => {
    const { leader, push } = setUp()
    leader.fates.push('ok', CODE.UNKNOWN_PRODUCER_ID, 'ok')
    await push('a')
    await push('b')
    expect([...leader.stored.keys()]).to.deep.equal(['1:0', '2:0'])
  })

  it('nothing is stranded, however soon after an answer it is pushed', async () => {
    for (let microtasks = 0; microtasks < 40; microtasks++) {
      const { lane, leader, push } = setUp()
      let open = () => {}
      leader.gate = new Promise((resolve) => {
        open = resolve
      })
      const first = push('a')
      await new Promise(setImmediate)
      open()
      for (let i = 0; i < microtasks; i++) await null
      let second = 'waiting'
      void codeOf(push('b')).then((outcome) => {
        second = outcome
      })
      await first
      await lane.idle()
      await new Promise(setImmediate)
      expect(second, `${microtasks} microtasks later`).to.equal('acknowledged')
    }
  })
})
