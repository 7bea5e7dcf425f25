import type { Bus } from '../../../bus/bus.ts'
import { Remembered } from '../receive/remembered.ts'

/** Records of each partition that are looked at on start, and ids that are remembered. */
const BACK = 20_000

/** Ids of the commands that were done, whoever did them: `librenms_results` is the memory, and it outlives every process. */
export class DoneCommands {
  readonly #bus: Pick<Bus, 'offsets' | 'read'>
  readonly #instance: string | undefined
  readonly #ids = new Remembered(BACK)
  readonly #positions = new Map<number, number>()

  constructor(bus: Pick<Bus, 'offsets' | 'read'>, instance: string | undefined) {
    this.#bus = bus
    this.#instance = instance
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(id: string): void {
    this.#ids.add(id)
  }

  /** Read what was added to the topic, by others too. */
  async catchUp(signal: AbortSignal): Promise<void> {
    const offsets = await this.#bus.offsets('librenms_results')
    const partitions = offsets
      .map(({ partition, earliest, latest }) => ({
        partition,
        from: Math.max(earliest, this.#positions.get(partition) ?? latest - BACK),
        to: latest,
      }))
      .filter(({ from, to }) => from < to)
    if (partitions.length > 0) {
      for await (const batch of this.#bus.read({ topic: 'librenms_results', partitions, signal })) {
        for (const { value } of batch) this.#learn(value)
      }
    }
    if (signal.aborted) return
    for (const { partition, latest } of offsets) this.#positions.set(partition, latest)
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
