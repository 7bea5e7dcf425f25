/** Ids of one page: LibreNMS counts them up, so that those of a page are mostly there. */
const PAGE = 256
const LATEST = 0xffffffff

/** The time of the last sample of each of many things by their ids: four bytes each where ids lie close, since there may be 400,000. */
export class LastTimes {
  readonly #pages = new Map<number, Uint32Array>()

  /** Whether a sample of that time, s, is newer than the last one; it is the last one then. */
  advance(id: number, time: number): boolean {
    const number = Math.floor(id / PAGE)
    let page = this.#pages.get(number)
    if (!page) {
      page = new Uint32Array(PAGE)
      this.#pages.set(number, page)
    }
    const index = id - number * PAGE
    const seconds = Math.min(Math.floor(time), LATEST)
    if (seconds <= (page[index] ?? 0)) return false
    page[index] = seconds
    return true
  }
}
