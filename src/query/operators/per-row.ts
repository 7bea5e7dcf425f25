import { type Row, type RowKind, UnaryOperator } from './operator.ts'

/** What is asked of a step that looks at its own watermark, ms. */
export interface Watched {
  current: number
}

/** Gives a row for each, or none: filter and projection, compiled. */
export class Calculation extends UnaryOperator {
  readonly #compute: (row: Row) => Row | undefined
  readonly #watched: Watched

  /** @param watched where `compute` reads the watermark of this step */
  constructor(compute: (row: Row) => Row | undefined, watched: Watched = { current: Number.NEGATIVE_INFINITY }) {
    super()
    this.#compute = compute
    this.#watched = watched
  }

  override watermark(ms: number): void {
    this.#watched.current = ms
    this.out.watermark(ms)
  }

  save(): unknown {
    return this.#watched.current
  }

  load(state: unknown): void {
    this.#watched.current = state as number
  }

  row(kind: RowKind, row: Row): void {
    const out = this.#compute(row)
    if (out !== undefined) this.out.row(kind, out)
  }
}

/** Gives several rows for each: grouping sets, the elements of a collection. */
export class Multiplication extends UnaryOperator {
  readonly #compute: (row: Row) => readonly Row[]

  constructor(compute: (row: Row) => readonly Row[]) {
    super()
    this.#compute = compute
  }

  row(kind: RowKind, row: Row): void {
    for (const out of this.#compute(row)) this.out.row(kind, out)
  }
}

/** The rows of UNNEST: the row with each element of its collection; where there is none, with NULLs if `outer`. */
export function unnesting(collectionOf: (row: Row) => unknown, shape: UnnestShape): (row: Row) => readonly Row[] {
  const nothing = new Array<null>(shape.width).fill(null)
  return (row) => {
    const elements = elementsOf(collectionOf(row), shape)
    if (elements.length === 0) return shape.outer ? [[...row, ...nothing]] : []
    return elements.map((element, i) => (shape.ordinality ? [...row, ...element, i + 1] : [...row, ...element]))
  }
}

export interface UnnestShape {
  readonly kind: 'ARRAY' | 'MAP' | 'MULTISET'
  /** Elements are ROWs, whose fields are columns. */
  readonly rows: boolean
  readonly outer: boolean
  readonly ordinality: boolean
  /** Columns of an element, the ordinal number among them. */
  readonly width: number
}

function elementsOf(collection: unknown, { kind, rows, width, ordinality }: UnnestShape): Row[] {
  if (collection === null) return []
  const columns = (element: unknown): Row => {
    if (!rows) return [element]
    return element === null ? new Array<null>(ordinality ? width - 1 : width).fill(null) : (element as Row)
  }
  if (kind === 'ARRAY') return (collection as unknown[]).map(columns)
  if (kind === 'MAP') return (collection as Array<[unknown, unknown]>).map(([key, value]) => [key, value])
  return (collection as Array<[unknown, number]>).flatMap(([value, count]) => new Array<Row>(count).fill(columns(value)))
}
