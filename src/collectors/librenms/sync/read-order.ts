export type ReadKind = 'device' | 'ports' | 'sensors'

/**
 * Two answers about one device may arrive in another order than the questions were asked: what was asked later counts. A long list is asked
 * once, and a device of it may be read again by itself before the list's end has arrived.
 */
export class ReadOrder {
  readonly #newest: Readonly<Record<ReadKind, Map<number, number>>> = { device: new Map(), ports: new Map(), sensors: new Map() }
  #clock = 0

  /** A list is asked for. @returns its place in the order, for {@link isOld} */
  list(): number {
    return ++this.#clock
  }

  /** A device is read by itself. */
  one(kind: ReadKind, device: number): number {
    const place = ++this.#clock
    this.#newest[kind].set(device, place)
    return place
  }

  /** Whether the device was read by itself later than that. */
  isOld(kind: ReadKind, device: number, place: number): boolean {
    return (this.#newest[kind].get(device) ?? 0) > place
  }
}
