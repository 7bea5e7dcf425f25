import type { Cluster } from './cluster.ts'
import { isDenied } from './codes.ts'
import { BrokerRefusal, checkCode } from './failures.ts'
import { initProducerCall } from './init-producer-call.ts'

/** What the broker knows a writer by. With per-partition sequence numbers it lets the broker drop repeats (KIP-98). */
export interface ProducerId {
  producerId: bigint
  epoch: number
}

/** Where the lanes of one writer get their identity from. */
export interface Identity {
  /** Null outside transactions. */
  readonly transactionalId: string | null
  /** Null writes without one. */
  current(): Promise<ProducerId | null>
  /** Another one, because the broker has lost track of `stale`; null where there can be none. */
  renew(stale: ProducerId): Promise<ProducerId | null>
}

/** Where idempotence=false. */
export const ANONYMOUS: Identity = { transactionalId: null, current: async () => null, renew: async () => null }

/** A producer id from the brokers, shared by all partitions of this process and replaced for one that lost it. */
export class IdempotentIdentity implements Identity {
  readonly transactionalId = null
  readonly #cluster: Cluster
  #present: Promise<ProducerId | null> | undefined

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  current(): Promise<ProducerId | null> {
    this.#present ??= this.#ask()
    return this.#present
  }

  async renew(stale: ProducerId): Promise<ProducerId | null> {
    const present = await this.current()
    if (present?.producerId === stale.producerId) this.#present = this.#ask()
    return this.current()
  }

  async #ask(): Promise<ProducerId | null> {
    try {
      return await this.#cluster.patiently(async () => initProducerId(this.#cluster, null))
    } catch (error) {
      if (error instanceof BrokerRefusal && isDenied(error.code)) {
        this.#cluster.context.logger.warn(
          'the broker gives this user no producer id: a retried write may be stored twice (idempotence=false silences this)',
        )
        return null
      }
      this.#present = undefined
      throw error
    }
  }
}

/** For a transactional id the broker raises the epoch, ends what an older instance left open, and fences that instance. */
export async function initProducerId(cluster: Cluster, transactionalId: string | null): Promise<ProducerId> {
  const broker = transactionalId === null ? await cluster.any() : await cluster.coordinator(transactionalId, 1)
  const { transactionTimeout } = cluster.context.settings
  const { errorCode, producerId, epoch } = await broker.send(initProducerCall(transactionalId, transactionTimeout))
  checkCode(errorCode, transactionalId === null ? 'asking for a producer id' : `opening transactional writer "${transactionalId}"`)
  return { producerId, epoch }
}
