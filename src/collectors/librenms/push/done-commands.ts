import type { Bus, RecordBatch, TakenOver } from '../../../bus/bus.ts'
import { readStanding, toldStanding } from '../../../bus/ops/read-standing.ts'
import { Remembered } from '../receive/remembered.ts'

const TOPIC = 'librenms_results'

/** Records of each partition that are looked at on start, and ids that are remembered. */
const BACK = 20_000

type DoneBus = Pick<Bus, 'offsets' | 'read' | 'takeOver'>

/** Ids of the commands that were done, whoever did them: `librenms_results` is the memory, and it outlives every process. */
export class DoneCommands {
  readonly #bus: DoneBus
  readonly #instance: string | undefined
  readonly #ids = new Remembered(BACK)
  readonly #positions = new Map<number, number>()

  constructor(bus: DoneBus, instance: string | undefined) {
    this.#bus = bus
    this.#instance = instance
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
  }

  /**
   * Takes over from whoever did commands under this name before, and reads all that they, or anybody, had done by then.
   * @param also topics that are written to under it as well
   */
  async takeOver(id: string, also: readonly string[], signal: AbortSignal): Promise<void> {
    const { standing } = await this.#bus.takeOver(id, { topics: [TOPIC, ...also] })
    const unread = this.#unread(standing)
    await this.#read(readStanding(this.#bus, TOPIC, unread, signal))
    if (signal.aborted) return
    for (const { partition, to = 0 } of unread.standing.get(TOPIC) ?? []) this.#positions.set(partition, to)
  }

  /** Reads what others have added to the topic since, as far as brokers tell. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const partitions = this.#unread(await toldStanding(this.#bus, [TOPIC])).standing.get(TOPIC) ?? []
    if (partitions.length > 0) await this.#read(this.#bus.read({ topic: TOPIC, partitions, signal }))
  }

  #unread(standing: TakenOver['standing']): Pick<TakenOver, 'standing'> {
    const ranges = (standing.get(TOPIC) ?? []).map(({ partition, from, to = 0 }) => {
      return { partition, from: Math.max(from, this.#positions.get(partition) ?? to - BACK), to }
    })
    return { standing: new Map([[TOPIC, ranges.filter(({ from, to }) => from < to)]]) }
  }

  async #read(batches: AsyncIterable<RecordBatch>): Promise<void> {
    for await (const batch of batches) {
      for (const { value } of batch) this.#learn(value)
      this.#positions.set(batch.partition, batch.nextOffset)
    }
  }

  #learn(value: Buffer | null): void {
    try {
      const result: unknown = JSON.parse(value?.toString() ?? 'null')
      if (typeof result !== 'object' || result === null) return
      const { command_id: id, outcome, instance } = result as Record<string, unknown>
      // What was only tried out is still to be done.
      if (typeof id === 'string' && outcome !== 'dry_run' && instance === this.#instance) this.#ids.add(id)
    } catch {
      // Not ours to judge: whoever wrote that was not this.
    }
  }
}
