import type { ObservedTopic } from '../admin.ts'

/** How much each broker has to carry: copies, and partitions that it would lead by preference. */
export class Load {
  readonly #copies = new Map<number, number>()
  readonly #leaders = new Map<number, number>()

  /** @param placed replicas of partitions, the preferred leader first */
  constructor(placed: Iterable<readonly number[]> = []) {
    for (const replicas of placed) this.add(replicas)
  }

  copies(id: number): number {
    return this.#copies.get(id) ?? 0
  }

  leaders(id: number): number {
    return this.#leaders.get(id) ?? 0
  }

  add(replicas: readonly number[]): void {
    for (const id of replicas) bump(this.#copies, id, 1)
    if (replicas[0] !== undefined) bump(this.#leaders, replicas[0], 1)
  }

  remove(replicas: readonly number[]): void {
    for (const id of replicas) bump(this.#copies, id, -1)
    if (replicas[0] !== undefined) bump(this.#leaders, replicas[0], -1)
  }

  replace(before: readonly number[], after: readonly number[]): void {
    this.remove(before)
    this.add(after)
  }
}

function bump(counts: Map<number, number>, id: number, by: number): void {
  counts.set(id, (counts.get(id) ?? 0) + by)
}

/** Where a partition lies once the move that runs has ended. */
export function settled({ replicas, removing }: { replicas: readonly number[]; removing: readonly number[] }): number[] {
  return replicas.filter((id) => !removing.includes(id))
}

/** Copies that there are: those of a move that still come are left out. */
export function made({ replicas, adding }: { replicas: readonly number[]; adding: readonly number[] }): number[] {
  return replicas.filter((id) => !adding.includes(id))
}

export const placesOf = (topics: readonly ObservedTopic[]) => topics.flatMap(({ partitions }) => partitions.map(settled))

/** The least of some things by several measures, the first that differs decides. */
export function leastBy<T>(items: readonly T[], ...measures: ReadonlyArray<(item: T) => number>): T | undefined {
  const less = (a: T, b: T) => {
    for (const measure of measures) if (measure(a) !== measure(b)) return measure(a) < measure(b)
    return false
  }
  return items.reduce<T | undefined>((least, item) => (least === undefined || less(item, least) ? item : least), undefined)
}
