import type { Bus, RecordBatch } from '../../../bus/bus.ts'

/** Names of interfaces by device and ifIndex, from `librenms_ports`, as they are now. */
export class PortNames {
  readonly #names = new Map<number, Map<number, string>>()
  readonly #prefix: string | undefined

  private constructor(instance: string | undefined) {
    this.#prefix = instance
  }

  /** What is on the bus now, and, until the signal aborts, what comes. */
  static async follow(bus: Pick<Bus, 'read' | 'offsets'>, instance: string | undefined, signal: AbortSignal): Promise<PortNames> {
    const names = new PortNames(instance)
    const offsets = await bus.offsets('librenms_ports')
    const now = offsets.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
    for await (const batch of bus.read({ topic: 'librenms_ports', partitions: now, signal })) names.#take(batch)
    const later = offsets.map(({ partition, latest }) => ({ partition, from: latest }))
    void names.#follow(bus.read({ topic: 'librenms_ports', partitions: later, follow: true, signal }))
    return names
  }

  of(device: number, ifIndex: number): string | undefined {
    return this.#names.get(device)?.get(ifIndex)
  }

  async #follow(batches: AsyncIterable<RecordBatch>): Promise<void> {
    try {
      for await (const batch of batches) this.#take(batch)
    } catch {
      // The store's own names serve then; the consumer next to this meets the same failure and tells it.
    }
  }

  #take(batch: RecordBatch): void {
    for (let i = 0; i < batch.count; i++) {
      const value = batch.value(i)
      if (value === null) continue
      const port = JSON.parse(value.toString('utf8')) as { device_id: number; instance?: string; if_index?: number; if_name: string }
      if (port.instance !== this.#prefix || port.if_index === undefined) continue
      const ofDevice = this.#names.get(port.device_id) ?? new Map<number, string>()
      this.#names.set(port.device_id, ofDevice)
      ofDevice.set(port.if_index, port.if_name)
    }
  }
}
