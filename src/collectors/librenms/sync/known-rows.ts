/** Numbers of a row: its id and its hash. */
const ROW = 2
const FIRST_ROOM = 4

/** Where a device's rows lie. */
interface Place {
  /** First row; rows are counted from the beginning of the table. */
  at: number
  rows: number
  /** Rows that fit. */
  room: number
}

/**
 * Hashes of the rows that are on the bus, by the device that they belong to. There may be half a million, so they lie in one array of
 * doubles, 16 bytes a row, a device's rows beside each other; maps of maps took four times as much.
 */
export class KnownRows {
  readonly #places = new Map<number, Place>()
  #table = new Float64Array(1_024 * ROW)
  /** Rows of the table that have been given out. */
  #used = 0
  /** Room that devices have left behind, by its size. */
  readonly #left = new Map<number, number[]>()
  #size = 0
  /** Where the last row was found, from its device's first: lists come in the same order each time. */
  #last = 0

  get size(): number {
    return this.#size
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.#table.byteLength
  }

  devices(): Iterable<number> {
    return this.#places.keys()
  }

  /** As they are now; what is set or deleted afterwards is not seen. */
  idsOf(device: number): number[] {
    const { at, rows } = this.#places.get(device) ?? { at: 0, rows: 0 }
    return Array.from({ length: rows }, (_, row) => this.#table[(at + row) * ROW] as number)
  }

  countOf(device: number): number {
    return this.#places.get(device)?.rows ?? 0
  }

  hash(device: number, id: number): number | undefined {
    const place = this.#places.get(device)
    const row = place ? this.#find(place, id) : -1
    return place && row >= 0 ? this.#table[(place.at + row) * ROW + 1] : undefined
  }

  set(device: number, id: number, hash: number): void {
    let place = this.#places.get(device)
    if (!place) {
      place = { at: this.#take(FIRST_ROOM), rows: 0, room: FIRST_ROOM }
      this.#places.set(device, place)
    }
    let row = this.#find(place, id)
    if (row < 0) {
      if (place.rows === place.room) this.#widen(place)
      row = place.rows++
      this.#size++
      this.#table[(place.at + row) * ROW] = id
    }
    this.#table[(place.at + row) * ROW + 1] = hash
  }

  delete(device: number, id: number): void {
    const place = this.#places.get(device)
    const row = place ? this.#find(place, id) : -1
    if (!place || row < 0) return
    const last = (place.at + --place.rows) * ROW
    this.#table.copyWithin((place.at + row) * ROW, last, last + ROW)
    this.#size--
    if (place.rows > 0) return
    this.#leave(place)
    this.#places.delete(device)
  }

  /** @returns the row among its device's, -1 for none */
  #find({ at, rows }: Place, id: number): number {
    for (let step = 0; step < rows; step++) {
      const row = (this.#last + step) % rows
      if (this.#table[(at + row) * ROW] !== id) continue
      this.#last = row
      return row
    }
    return -1
  }

  #widen(place: Place): void {
    const room = Math.ceil(place.room * 1.5)
    const at = this.#take(room)
    this.#table.copyWithin(at * ROW, place.at * ROW, (place.at + place.rows) * ROW)
    this.#leave(place)
    place.at = at
    place.room = room
  }

  #take(room: number): number {
    const left = this.#left.get(room)?.pop()
    if (left !== undefined) return left
    const at = this.#used
    this.#used += room
    const needed = this.#used * ROW
    if (needed > this.#table.length) {
      const wider = new Float64Array(Math.max(needed, Math.ceil(this.#table.length * 1.25)))
      wider.set(this.#table)
      this.#table = wider
    }
    return at
  }

  #leave({ at, room }: Place): void {
    const left = this.#left.get(room)
    if (left) left.push(at)
    else this.#left.set(room, [at])
  }
}
