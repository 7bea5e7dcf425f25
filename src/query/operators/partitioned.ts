import { Expiry } from './expiry.ts'
import { type Key, keyBy } from './keys.ts'
import { type Row, UnaryOperator } from './operator.ts'

export interface Touched {
  /** The watermark at the last row that came, ms. */
  touched: number
}

/** An operator whose state is one plain value for each partition, forgotten when no row has come to it for the time to live. */
export abstract class PartitionedOperator<P extends Touched> extends UnaryOperator {
  protected readonly keyOf: (row: Row) => Key
  protected readonly expiry: Expiry
  protected partitions = new Map<Key, P>()

  /** @param ttl ms, 0 for ever */
  constructor(partition: readonly number[], ttl: number) {
    super()
    this.keyOf = keyBy(partition)
    this.expiry = new Expiry(ttl)
  }

  get size(): number {
    return this.partitions.size
  }

  override watermark(ms: number): void {
    if (this.expiry.due(ms)) for (const [key, { touched }] of this.partitions) if (this.expiry.gone(touched)) this.partitions.delete(key)
    this.out.watermark(ms)
  }

  save(): unknown {
    return { expiry: this.expiry.save(), partitions: [...this.partitions] }
  }

  load(state: unknown): void {
    const { expiry, partitions } = state as { expiry: unknown; partitions: Array<[Key, P]> }
    this.expiry.load(expiry)
    this.partitions = new Map(partitions)
  }
}
