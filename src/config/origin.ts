import { relative } from 'node:path'

/** Where a value comes from; files are absolute paths, lines and columns count from 1. */
export type Origin =
  | { kind: 'default' }
  | { kind: 'file'; file: string; line: number; column: number }
  | { kind: 'env'; name: string }
  | { kind: 'flag'; name: string }

/** One value of the configuration, as it was given. */
export interface Entry {
  /** `bus.url` */
  path: string
  value: unknown
  origin: Origin
  /** Precedence of where it comes from: higher wins; defaults are 0. */
  rank: number
  /** Of a list in a file: where something in it stands, by keys and indexes. */
  within?: (keys: readonly PropertyKey[]) => Origin
}

/** `shitops.yaml:3:8` (short below the present folder), `SHITOPS_BUS`, `--bus`, `default`. */
export function originText(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${shortPath(origin.file)}:${origin.line}:${origin.column}`
    case 'env':
      return origin.name
    case 'flag':
      return `--${origin.name}`
    case 'default':
      return 'default'
  }
}

/** A path below the present folder as it is typed there; any other one in full. */
export function shortPath(file: string): string {
  const path = relative(process.cwd(), file)
  return path === '' || path.startsWith('..') ? file : path
}
