import type { RowOrder } from '../../cases/read.ts'

/** Where the two engines are not compared, or by a looser rule than the recorded case's, and why. */
export interface Exception {
  /** `file/case`, or a prefix of it that ends in `*`. */
  readonly of: string
  /** The rule to compare by; absent: not compared at all. */
  readonly order?: RowOrder
  readonly reason: string
}

export const EXCEPTIONS: readonly Exception[] = []

export function exceptionOf(id: string): Exception | undefined {
  return EXCEPTIONS.find(({ of }) => (of.endsWith('*') ? id.startsWith(of.slice(0, -1)) : of === id))
}
