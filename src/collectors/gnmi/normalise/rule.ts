import type { InstanceTemplate } from './instance-template.ts'
import type { PathPattern } from './path-pattern.ts'
import type { Factor } from './units.ts'

/** What the value at a path is. */
export const KINDS = ['gauge', 'counter', 'enum', 'timestamp', 'duration', 'ignore'] as const
export type RuleKind = (typeof KINDS)[number]

/** What a value is to a metric that is made of several: memory that is used, free, or all there is; packets lost, or passed. */
export const PARTS = ['used', 'free', 'total', 'lost', 'passed'] as const
export type Part = (typeof PARTS)[number]

/** One line of a mapping, checked: which leaves, what their values mean, and the metric that they give. */
export interface Rule {
  readonly pattern: PathPattern
  readonly metric: string
  /** Of the metric. */
  readonly unit: string
  readonly kind: RuleKind
  readonly instance: InstanceTemplate
  /** From the device's unit to the metric's. */
  readonly factor: Factor
  /** gauge: the metric is what is missing to the whole, as of an idle processor. */
  readonly complement: boolean
  /** counter: how wide it is, where that is known. */
  readonly bits: 32 | 64 | undefined
  /** counter: bits on the wire for each count, at least; 0 when it counts no traffic. */
  readonly wireBits: number
  readonly part: Part | undefined
  /** enum: by the text in lower case, without its module. */
  readonly values: ReadonlyMap<string, number>
  /** enum: for texts that are not in `values`; undefined leaves them out. */
  readonly otherwise: number | undefined
  /** Counts only while no other rule gives the same. */
  readonly fallback: boolean
  /** What "the same" is. */
  readonly group: string
}

/** A mapping file, checked. */
export interface Mapping {
  readonly family: string
  readonly about: string
  readonly source: string
  readonly metrics: Readonly<Record<string, { readonly unit: string; readonly about: string }>>
  readonly rules: readonly Rule[]
}
