import type { AppendResult } from '../bus.ts'

/** What became of entries that were forwarded, for whoever wrote them and waits: where they are at the target, or why it refused them. */
export class Places {
  readonly #places = new Map<number, AppendResult>()
  readonly #refusals = new Map<number, unknown>()

  add(places: Iterable<readonly [offset: number, place: AppendResult]>): void {
    for (const [offset, place] of places) this.#places.set(offset, place)
  }

  refuse(offset: number, error: unknown): void {
    this.#refusals.set(offset, error)
  }

  /** Where the entries of an append went, once; empty where that is not known here. @throws why the target refused one of them */
  take(from: number, to: number): AppendResult[] {
    const places: AppendResult[] = []
    let refused: unknown
    for (let offset = from; offset < to; offset++) {
      const place = this.#places.get(offset)
      if (place) places.push(place)
      refused ??= this.#refusals.get(offset)
      this.#places.delete(offset)
      this.#refusals.delete(offset)
    }
    if (refused !== undefined) throw refused
    return places
  }

  /** Nobody waits for entries before that offset any more. */
  forget(before: number): void {
    for (const map of [this.#places, this.#refusals]) {
      for (const offset of map.keys()) {
        if (offset >= before) break
        map.delete(offset)
      }
    }
  }
}
