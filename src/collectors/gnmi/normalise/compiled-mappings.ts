import type { PathElem } from '../path/path.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { keyOf } from './instance-template.ts'
import { type KeyLookup, NO_KEYS, type Node, Nodes, type PlacedRule, type Step, type Verdict } from './matcher.ts'
import { keyMatches, localName } from './path-pattern.ts'
import type { Mapping, Rule } from './rule.ts'

/** Where no rule is, nor below. */
const DEAD = new Nodes().of(0, [])

/** The rules for paths under one prefix. */
interface Below {
  readonly verdict: Verdict
  /** A path below this prefix cannot be wanted. */
  readonly dead: boolean
}

const NOTHING: Below = { verdict: { node: DEAD, open: undefined }, dead: true }

/** Prefixes and paths that are remembered, each. */
const CAPACITY = 1 << 16

/**
 * The rules of all mappings, ready to be asked about paths; one for all targets. What was found for a path is remembered with the path, which
 * is interned: the next time it costs a look-up. When too many are remembered, all are forgotten.
 */
export class CompiledMappings {
  readonly rules: readonly PlacedRule[]
  readonly families: readonly string[]
  readonly #nodes = new Nodes()
  /** By origin, those that rules name; '' is for all others. */
  readonly #roots: ReadonlyMap<string, Node>
  readonly #prefixes = new Map<Node, Map<WirePath, Below>>()
  readonly #capacity: number
  #prefixCount = 0
  #pathCount = 0
  #lastPrefix: WirePath | undefined
  #lastOrigin = ''
  #lastBelow: Below = NOTHING

  /** @param mappings the first one that has a rule for a path and metric counts */
  constructor(mappings: readonly Mapping[], capacity = CAPACITY) {
    this.#capacity = capacity
    this.families = mappings.map(({ family }) => family)
    this.rules = placed(mappings.flatMap(({ rules }) => rules))
    const origins = new Set(['', ...this.rules.map(({ pattern }) => pattern.origin)])
    // Without an origin OpenConfig is meant (gNMI 2.7.1).
    const meant = (origin: string, rule: string) => rule === '' || rule === origin || (origin === '' && rule === 'openconfig')
    this.#roots = new Map(
      [...origins].map((origin) => [
        origin,
        this.#nodes.of(
          0,
          this.rules.filter(({ pattern }) => meant(origin, pattern.origin)),
        ),
      ]),
    )
  }

  /** What the rules have to say to a prefix and a path; null when nothing. */
  verdict(prefix: WirePath, path: WirePath): Verdict | null {
    const origin = prefix.origin || path.origin
    // The updates of a notification come one after another.
    const below = prefix === this.#lastPrefix && origin === this.#lastOrigin ? this.#lastBelow : this.#below(prefix, origin)
    if (below.dead) return null
    if (path.elems.length === 0) return below.verdict
    const known = below.verdict.node.verdicts.get(path)
    return known === undefined ? this.#addPath(below.verdict.node, path) : known
  }

  /**
   * The rules whose leaves lie at a path or below it, whatever their other keys: those that a delete is about. Keys that the path does not
   * have are any.
   */
  rulesUnder(prefix: WirePath, path: WirePath): PlacedRule[] {
    const elems = [...prefix.elems, ...path.elems]
    const root = this.#root(prefix.origin || path.origin)
    const [first] = elems
    if (first && first.name !== '*' && root.step(first.name) === undefined) return []
    return root.below.filter(
      ({ pattern }) => elems.length <= pattern.elems.length && elems.every((elem, i) => isUnder(elem, pattern.elems[i])),
    )
  }

  #below(prefix: WirePath, origin: string): Below {
    const root = this.#root(origin)
    const below = this.#prefixes.get(root)?.get(prefix) ?? this.#addPrefix(root, prefix)
    this.#lastPrefix = prefix
    this.#lastOrigin = origin
    this.#lastBelow = below
    return below
  }

  #root(origin: string): Node {
    return (this.#roots.get(origin) ?? this.#roots.get('')) as Node
  }

  #addPrefix(root: Node, prefix: WirePath): Below {
    if (this.#prefixCount === this.#capacity) {
      this.#prefixes.clear()
      this.#prefixCount = 0
    }
    const verdict = walk(root, prefix.elems)
    const below = { verdict, dead: verdict.node.dead && verdict.open === undefined }
    const prefixes = this.#prefixes.get(root) ?? new Map<WirePath, Below>()
    this.#prefixes.set(root, prefixes.set(prefix, below))
    this.#prefixCount++
    return below
  }

  #addPath(from: Node, path: WirePath): Verdict | null {
    if (this.#pathCount === this.#capacity) {
      for (const node of this.#nodes.all()) node.verdicts.clear()
      this.#pathCount = 0
    }
    const walked = walk(from, path.elems)
    const verdict = walked.node.dead && walked.open === undefined ? null : walked
    from.verdicts.set(path, verdict)
    this.#pathCount++
    return verdict
  }
}

/** Slots that belong to no one rule. */
export const SLOTS = { BOOT: 0, SPEED: 1 } as const

function placed(rules: readonly Rule[]): PlacedRule[] {
  const slots = new Map<string, number>(Object.keys(SLOTS).map((name, i) => [name, i]))
  const slot = (name: string) => {
    const known = slots.get(name) ?? slots.size
    slots.set(name, known)
    return known
  }
  const fallbacks = new Set(rules.filter(({ fallback }) => fallback).map(({ group }) => group))
  return rules.map((rule, index) => ({
    ...rule,
    index,
    slot: slot(rule.part ? `parts of ${rule.metric}` : `rule ${index}`),
    groupSlot: fallbacks.has(rule.group) ? slot(`group ${rule.group}`) : -1,
  }))
}

function walk(from: Node, elems: readonly PathElem[]): Verdict {
  let node = from
  let open: Step | undefined
  for (const elem of elems) {
    const step = node.step(elem.name)
    // The node of a step without rules is none that a rule passes.
    if (step === undefined) return { node: DEAD, open: undefined }
    const keys: KeyLookup = elem.keys.length === 0 ? NO_KEYS : (name) => known(keyOf(elem, name))
    node = step.to(keys)
    open = step.wanted.some((name) => keys(name) === undefined) ? step : undefined
  }
  return { node, open }
}

/** Wildcards do not belong into what a device sends; one that is there says as little as no key. */
const known = (value: string | undefined) => (value === '*' ? undefined : value)

function isUnder(elem: PathElem, pattern: { name: string; keys: PlacedRule['pattern']['elems'][number]['keys'] } | undefined): boolean {
  if (!pattern || (pattern.name !== '' && elem.name !== '*' && pattern.name !== localName(elem.name))) return false
  return pattern.keys.every((key) => {
    const value = known(keyOf(elem, key.name))
    return value === undefined || keyMatches(key, value)
  })
}
