import { ShitopsError } from '../../base/errors.ts'
import type { AppendResult, OffsetCommit, OutRecord, PartitionRange, TakenOver, TakeOver, Transaction } from '../bus.ts'
import type { Cluster } from './cluster.ts'
import { CODE, isFencedMember, isFencedWriter } from './codes.ts'
import { committedOffsets, offsetFetchCall, presentOffsets } from './committed-offsets.ts'
import { BrokerLost, BrokerRefusal, checkCode, toShitopsError } from './failures.ts'
import { withoutNoMetadata } from './group-admin.ts'
import { type Identity, initProducerId, type ProducerId } from './identity.ts'
import { txnOffsetCommitCall } from './txn-offset-commit.ts'
import { ProduceWriter } from './writer.ts'

const GROUP = 0
const WRITER = 1
const ABORT_MS = 5_000

/**
 * One transactional writer (KIP-98): records and group offsets that become visible together. Its transactional.id is fenced by a newer
 * instance with the same id, and stays so until an empty transaction takes it over again. Transactions of one writer follow one another.
 */
export class TransactionalWriter {
  readonly #cluster: Cluster
  readonly #id: string
  #session: { identity: ProducerId; writer: ProduceWriter } | null = null
  #last: Promise<unknown> = Promise.resolve()
  #fenced: ShitopsError | null = null

  constructor(cluster: Cluster, id: string) {
    this.#cluster = cluster
    this.#id = id
  }

  /** @throws SHITOPS_E_FENCED, or what prevented it; then nothing of it is visible */
  run(transaction: Transaction): Promise<AppendResult[]> {
    const running = this.#last.then(() => this.#run(transaction))
    this.#last = running.catch(() => {})
    return running
  }

  /** @throws SHITOPS_E_TOPIC_UNKNOWN, or what prevented it */
  takeOver(what: TakeOver): Promise<TakenOver> {
    const running = this.#last.then(() => this.#takeOver(what))
    this.#last = running.catch(() => {})
    return running
  }

  /** What was written to all partitions is behind all that came before; whoever took it leads them. Readers never see it: it is taken back. */
  async #takeOver({ topics = [], group, again = false }: TakeOver): Promise<TakenOver> {
    const id = this.#id
    if (!again) this.#forget()
    if (this.#fenced) throw this.#fenced
    try {
      const { identity, writer } = await this.#open()
      const standing = new Map<string, PartitionRange[]>(topics.map((topic) => [topic, []]))
      if (topics.length === 0 && !group) return { standing, commits: [] }
      try {
        const appends = await Promise.all(topics.map(async (topic) => ({ topic, records: await this.#traceless(topic) })))
        for (const { topic, partition, baseOffset } of await this.#write({ id, appends }, identity, writer))
          standing.get(topic)?.push({ partition, from: 0, to: baseOffset })
        const commits = group ? await this.#committedOf(group, identity) : []
        // Where that fails, the next transaction of a new epoch makes it good.
        if (topics.length > 0 || group?.anchor !== undefined) await this.#end(identity, false).catch(() => this.#forget())
        return { standing, commits }
      } catch (error) {
        this.#session = null
        if (!isFenced(error)) await this.#end(identity, false).catch(() => {})
        throw error
      }
    } catch (error) {
      throw this.#explain(error, { id, appends: [] })
    }
  }

  /** A record for each partition; to those who read what was taken back as well it is the tombstone of nothing. */
  async #traceless(topic: string): Promise<OutRecord[]> {
    const { partitions } = await this.#cluster.patiently(() => this.#cluster.topic(topic))
    return partitions.map(({ partition }) => ({ key: `${this.#id}/taken-over`, value: null, partition }))
  }

  /** What a group has committed, of the broker that takes commits for it at this moment: one of ours, which is taken back. */
  async #committedOf({ name, anchor }: Required<TakeOver>['group'], identity: ProducerId): Promise<OffsetCommit[]> {
    if (anchor === undefined) return (await committedOffsets(this.#cluster, name, null)).map(withoutNoMetadata)
    await this.#cluster.patiently(() => this.#cluster.topic(anchor))
    await this.#addGroup(name, identity)
    const commits = [{ topic: anchor, partition: 0, offset: 0 }]
    const commit = txnOffsetCommitCall({ transactionalId: this.#id, group: name, commits, ...identity, generation: -1, memberId: '' })
    return this.#cluster.patiently(async () => {
      const broker = await this.#cluster.coordinator(name, GROUP)
      for (const { code } of (await broker.send(commit)).answers) checkCode(code, `committing offsets of group "${name}" in "${anchor}"`)
      // What that one had under way, and whoever was before, is decided; only ours is open.
      return presentOffsets(name, await broker.send(offsetFetchCall(name, null, { stable: false }))).map(withoutNoMetadata)
    })
  }

  async #run(transaction: Transaction): Promise<AppendResult[]> {
    const { appends, offsets } = transaction
    const empty = appends.every(({ records }) => records.length === 0) && !offsets?.commits.length
    // Taking over is asking for a new epoch: the one that this writer had may be somebody else's past by now, and nothing but a write would tell.
    if (empty && !offsets) this.#forget()
    if (this.#fenced) throw this.#fenced
    if (offsets?.claim?.active() === false) throw fencedMember(transaction)
    try {
      const { identity, writer } = await this.#open()
      if (empty) return []
      try {
        const results = await this.#write(transaction, identity, writer)
        await this.#commitOffsets(transaction, identity)
        await this.#end(identity, true)
        return results
      } catch (error) {
        // What is half done must not be committed by the next one; a new epoch also settles writes whose fate is unknown.
        this.#session = null
        if (!isFenced(error)) await this.#end(identity, false).catch(() => {})
        throw error
      }
    } catch (error) {
      throw this.#explain(error, transaction)
    }
  }

  #forget(): void {
    this.#session = null
    this.#fenced = null
  }

  async #open(): Promise<{ identity: ProducerId; writer: ProduceWriter }> {
    if (!this.#session) {
      const identity = await this.#cluster.patiently(() => initProducerId(this.#cluster, this.#id))
      const fixed: Identity = { transactionalId: this.#id, current: async () => identity, renew: async () => identity }
      this.#session = { identity, writer: new ProduceWriter(this.#cluster, fixed) }
    }
    return this.#session
  }

  async #write({ appends }: Transaction, identity: ProducerId, writer: ProduceWriter): Promise<AppendResult[]> {
    const results: AppendResult[][] = []
    for (const { topic, records } of appends) {
      results.push(await writer.append(topic, records, 'commit', (partitions) => this.#addPartitions(topic, partitions, identity)))
    }
    return results.flat()
  }

  async #addPartitions(topic: string, partitions: readonly number[], identity: ProducerId): Promise<void> {
    await this.#cluster.patiently(
      async () => {
        const broker = await this.#cluster.coordinator(this.#id, WRITER)
        const { errors } = await broker.call('AddPartitionsToTxn', { ...this.#as(identity), topics: [{ topic, partitions }] })
        for (const { errorCode } of errors.flatMap((error) => error.partitionErrors)) {
          if (errorCode !== CODE.OPERATION_NOT_ATTEMPTED) checkCode(errorCode, `adding "${topic}" to transaction "${this.#id}"`)
        }
      },
      { topics: [topic] },
    )
  }

  async #commitOffsets({ offsets }: Transaction, identity: ProducerId): Promise<void> {
    if (!offsets || offsets.commits.length === 0) return
    const { group, commits, claim } = offsets
    await this.#addGroup(group, identity)
    const member = { generation: claim?.generation ?? -1, memberId: claim?.memberId ?? '' }
    const call = txnOffsetCommitCall({ transactionalId: this.#id, group, commits, ...identity, ...member })
    await this.#cluster.patiently(async () => {
      const broker = await this.#cluster.coordinator(group, GROUP)
      const { answers } = await broker.send(call)
      for (const { topic, code } of answers) checkCode(code, `committing offsets of group "${group}" in "${topic}"`)
    })
  }

  async #addGroup(group: string, identity: ProducerId): Promise<void> {
    await this.#cluster.patiently(async () => {
      const broker = await this.#cluster.coordinator(this.#id, WRITER)
      const { errorCode } = await broker.call('AddOffsetsToTxn', { ...this.#as(identity), groupId: group })
      checkCode(errorCode, `adding group "${group}" to transaction "${this.#id}"`)
    })
  }

  /** The coordinator answers a repeated end of the same transaction as it did the first. */
  async #end(identity: ProducerId, commit: boolean): Promise<void> {
    const end = async () => {
      const broker = await this.#cluster.coordinator(this.#id, WRITER)
      const { errorCode } = await broker.call('EndTxn', { ...this.#as(identity), transactionResult: commit })
      checkCode(errorCode, `${commit ? 'committing' : 'aborting'} transaction "${this.#id}"`)
    }
    // An abort only spares readers the wait: the next transaction, or the transaction timeout, makes it good.
    await this.#cluster.patiently(end, commit ? {} : { deadlineMs: ABORT_MS })
  }

  #as({ producerId, epoch }: ProducerId): { transactionalId: string; producerId: string; producerEpoch: number } {
    return { transactionalId: this.#id, producerId: String(producerId), producerEpoch: epoch }
  }

  #explain(error: unknown, transaction: Transaction): unknown {
    const refusal = refusalIn(error)
    if (refusal && isFencedMember(refusal.code)) return fencedMember(transaction)
    if (refusal && isFencedWriter(refusal.code)) {
      this.#fenced = new ShitopsError(
        'SHITOPS_E_FENCED',
        `a newer instance writes as "${this.#id}" now, or a transaction stayed open for too long`,
        {
          suggestions: ['stop the other instance, then start this one again', 'a longer transactionTimeout= in the bus URL'],
          cause: refusal,
        },
      )
      return this.#fenced
    }
    return error instanceof BrokerLost || error instanceof BrokerRefusal ? toShitopsError(error) : error
  }
}

function isFenced(error: unknown): boolean {
  const refusal = refusalIn(error)
  return refusal !== null && isFencedWriter(refusal.code)
}

/** The broker's answer behind an error that has been explained already. */
function refusalIn(error: unknown): BrokerRefusal | null {
  if (error instanceof BrokerRefusal) return error
  return error instanceof ShitopsError && error.cause instanceof BrokerRefusal ? error.cause : null
}

function fencedMember({ offsets }: Transaction): ShitopsError {
  return new ShitopsError('SHITOPS_E_FENCED', `this member of group "${offsets?.group}" has lost its partitions to another one`)
}
