import { type PathElem, pathElem } from '../path/path.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { type KeyPattern, keyMatches, localName } from './path-pattern.ts'
import type { Rule } from './rule.ts'

/** A rule, and where in a StateStore its state is kept. */
export interface PlacedRule extends Rule {
  /** Counts from 0, in order of precedence. */
  readonly index: number
  /** Of its own readings, or of all parts of its metric. */
  readonly slot: number
  /** Of when a rule that has fallbacks last gave something; -1 where there are none. */
  readonly groupSlot: number
}

/** The value of a key of a list entry; undefined where it has none. */
export type KeyLookup = (name: string) => string | undefined

export const NO_KEYS: KeyLookup = () => undefined

/**
 * Where a path has come to: the rules that it may still be about. Made when a path first gets there, and used ever after: there are as many
 * as the rules tell paths apart, whatever devices send.
 */
export class Node {
  readonly depth: number
  /** Those that go on below. */
  readonly below: readonly PlacedRule[]
  /** Those that end here; for each metric the first. */
  readonly here: readonly PlacedRule[]
  /** What was found for paths from here on. */
  readonly verdicts = new Map<WirePath, Verdict | null>()
  readonly #steps = new Map<string, Step>()
  readonly #anyStep: Step | undefined
  /** The names of the steps as bytes, for JSON. */
  readonly #names: ReadonlyArray<{ name: Buffer; step: Step }>

  constructor(depth: number, rules: readonly PlacedRule[], nodes: Nodes) {
    this.depth = depth
    this.below = rules.filter(({ pattern }) => pattern.elems.length > depth)
    this.here = firstOfEach(rules.filter(({ pattern }) => pattern.elems.length === depth))
    const named = (rule: PlacedRule) => rule.pattern.elems[depth]?.name ?? ''
    for (const name of new Set(this.below.map(named))) {
      const step = new Step(
        name,
        depth,
        this.below.filter((rule) => named(rule) === name || named(rule) === ''),
        nodes,
      )
      if (name === '') this.#anyStep = step
      else this.#steps.set(name, step)
    }
    this.#names = [...this.#steps].map(([name, step]) => ({ name: Buffer.from(name), step }))
  }

  /** No rule is here, nor below. */
  get dead(): boolean {
    return this.here.length === 0 && this.below.length === 0
  }

  step(name: string): Step | undefined {
    return this.#steps.get(name) ?? (name.includes(':') ? this.#steps.get(localName(name)) : undefined) ?? this.#anyStep
  }

  /** The same by the name as it stands in JSON text, without quotes. */
  stepOfBytes(bytes: Buffer, start: number, end: number): Step | undefined {
    for (let i = 0; i < this.#names.length; i++) {
      const { name, step } = this.#names[i] as { name: Buffer; step: Step }
      const from = end - name.length
      if (from < start || (from > start && bytes[from - 1] !== COLON)) continue
      if (isAt(bytes, from, name)) return step
    }
    return this.#anyStep
  }
}

const COLON = 0x3a

/** Byte by byte: names are short, and a call into native code costs more. */
function isAt(bytes: Buffer, from: number, name: Buffer): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[from + i] !== name[i]) return false
  return true
}

/** One metric comes from the first rule for it; the parts of a metric are things of their own. */
function firstOfEach(rules: readonly PlacedRule[]): PlacedRule[] {
  const seen = new Set<string>()
  return rules.filter(({ metric }) => !seen.has(metric) && seen.add(metric)).filter(({ kind }) => kind !== 'ignore')
}

/** From a node to the next by the name of an element; its keys then say where to. */
export class Step {
  /** '' where it is for any name that no rule has. */
  readonly name: string
  /** An element of that name, without keys. */
  readonly elem: PathElem
  /** The keys that rules ask for. */
  readonly wanted: readonly string[]
  readonly #depth: number
  readonly #rules: readonly PlacedRule[]
  readonly #nodes: Nodes
  /** No rule asks what the values of the keys are. */
  readonly #anyValues: boolean
  #withoutKeys: Node | undefined
  #withKeys: Node | undefined

  constructor(name: string, depth: number, rules: readonly PlacedRule[], nodes: Nodes) {
    this.name = name
    this.elem = pathElem(name)
    this.#depth = depth
    this.#rules = rules
    this.#nodes = nodes
    const keys = rules.flatMap((rule) => this.#keysOf(rule))
    this.wanted = [...new Set(keys.map(({ name }) => name))]
    this.#anyValues = keys.every(({ value }) => value === undefined)
  }

  to(keys: KeyLookup): Node {
    if (this.wanted.length === 0 || keys === NO_KEYS) {
      this.#withoutKeys ??= this.#node((rule) => this.#keysOf(rule).length === 0)
      return this.#withoutKeys
    }
    if (this.#anyValues && this.wanted.every((name) => keys(name) !== undefined)) {
      this.#withKeys ??= this.#node(() => true)
      return this.#withKeys
    }
    return this.#node((rule) => this.#keysOf(rule).every((key) => keyMatches(key, keys(key.name))))
  }

  #node(passes: (rule: PlacedRule) => boolean): Node {
    return this.#nodes.of(this.#depth + 1, this.#rules.filter(passes))
  }

  #keysOf({ pattern }: PlacedRule): readonly KeyPattern[] {
    return pattern.elems[this.#depth]?.keys ?? []
  }
}

/** The nodes there are, each once. */
export class Nodes {
  readonly #nodes = new Map<string, Node>()

  of(depth: number, rules: readonly PlacedRule[]): Node {
    const name = `${depth} ${rules.map(({ index }) => index).join(' ')}`
    let node = this.#nodes.get(name)
    if (!node) {
      node = new Node(depth, rules, this)
      this.#nodes.set(name, node)
    }
    return node
  }

  /** For those who must forget what they remembered at nodes. */
  all(): Iterable<Node> {
    return this.#nodes.values()
  }
}

/** What a path as a whole is to the rules. */
export interface Verdict {
  readonly node: Node
  /** The last element is of a list, and has not all the keys that rules ask for: JSON below it may have them. */
  readonly open: Step | undefined
}
