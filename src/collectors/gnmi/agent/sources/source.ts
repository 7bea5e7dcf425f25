import type { Leaf } from '../tree/leaf.ts'

/** One thing that is read from the operating system at once, and the leaves that come of it. */
export interface Source {
  readonly name: string
  /** Paths above all of its leaves, as text: who asks for nothing below them does not cause it to be read. */
  readonly roots: readonly string[]
  /** ms: what was read is not read again before. */
  readonly every: number
  /** It takes its time: a stream gets what was read before, unless there is nothing yet. */
  readonly slow?: boolean
  /** What the machine does not have is not there. Throws when it cannot be read at all. */
  read(): Promise<readonly Leaf[]>
}

/** How the sources make their leaves. */
export const state = (path: Leaf['path'], value: Leaf['value']): Leaf => ({ path, value, kind: 'state' })
export const measure = (path: Leaf['path'], value: Leaf['value']): Leaf => ({ path, value, kind: 'measure' })
