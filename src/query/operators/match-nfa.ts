import type { MatchVariable } from '../plan/nodes.ts'

/** A condition that a step depends on: that of a variable, and whether it must hold or must not. */
export interface MatchTest {
  readonly variable: number
  readonly holds: boolean
}

/** A row taken by a variable, if all tests agree. */
export interface MatchEdge {
  readonly variable: number
  /** The number of the next state, or {@link FINAL}. */
  readonly target: number
  readonly tests: readonly MatchTest[]
  /**
   * Ways by which what follows the target may be left out altogether: where one agrees, the match is complete as well. Flink asks these
   * of the row that was just taken.
   */
  readonly ends: ReadonlyArray<readonly MatchTest[]>
}

/** The edges out of each state, in the order in which Flink tries them. State 0 is the start. */
export type MatchStates = ReadonlyArray<readonly MatchEdge[]>

export const FINAL = -1

interface Draft {
  readonly variable: number
  readonly steps: DraftStep[]
}

/** Takes the row, or proceeds to another state without it. */
interface DraftStep {
  readonly takes: boolean
  readonly target: Draft
  tests: readonly MatchTest[]
}

/**
 * The automaton of a pattern, as Flink's NFACompiler makes it for strict contiguity: built from the end, where a greedy variable forbids
 * its own rows to the state behind it. States that are passed without a row are folded into the edges.
 */
export function matchStates(pattern: readonly MatchVariable[]): MatchStates {
  const final: Draft = { variable: -1, steps: [] }
  let next = final
  for (let i = pattern.length - 1; i >= 0; i--) next = drafted(pattern[i] as MatchVariable, i, next)
  return numbered(next, final, pattern)
}

/** Whether a row takes a partial match along one edge at most, whatever the conditions say. */
export function isUnambiguous(states: MatchStates): boolean {
  const exclude = (a: MatchEdge, b: MatchEdge): boolean =>
    a.tests.some((test) => b.tests.some((other) => other.variable === test.variable && other.holds !== test.holds))
  return states.every((edges) =>
    edges.every((edge, i) => edge.ends.length === 0 && edges.slice(i + 1).every((other) => exclude(edge, other))),
  )
}

function drafted({ min, max, greedy }: MatchVariable, variable: number, next: Draft): Draft {
  const takes = [{ variable, holds: true }]
  const optional = min === 0
  const single = (behind: Draft, leavesTo?: Draft): Draft => {
    const steps: DraftStep[] = [{ takes: true, target: behind, tests: takes }]
    if (leavesTo) steps.push({ takes: false, target: leavesTo, tests: [] })
    return { variable, steps }
  }
  const forbidIn = (state: Draft): void => {
    for (const step of state.steps) step.tests = [...step.tests, { variable, holds: false }]
  }
  if (max === 1) return single(next, optional ? next : undefined)
  const least = Math.max(min, 1)
  let behind = next
  if (max === undefined) {
    const loop: Draft = { variable, steps: [{ takes: false, target: next, tests: [] }] }
    if (greedy) forbidIn(next)
    loop.steps.push({ takes: true, target: loop, tests: takes })
    behind = loop
  } else {
    if (greedy && least !== max) forbidIn(next)
    for (let i = least; i < max; i++) behind = single(behind, next)
  }
  for (let i = 1; i < least; i++) behind = single(behind)
  return single(behind, optional ? next : undefined)
}

function numbered(start: Draft, final: Draft, pattern: readonly MatchVariable[]): MatchStates {
  const drafts = [start]
  const states: MatchEdge[][] = []
  const numberOf = (draft: Draft): number => {
    if (draft === final) return FINAL
    const known = drafts.indexOf(draft)
    return known >= 0 ? known : drafts.push(draft) - 1
  }
  // Grows while it is walked: what an edge leads to comes behind.
  for (const draft of drafts) {
    const { taken } = reached(draft, final, pattern)
    states.push(
      taken.map(({ variable, target, tests }) => ({
        variable,
        tests,
        target: numberOf(target),
        ends: reached(target, final, pattern).ends,
      })),
    )
  }
  return states
}

/**
 * What a state leads to, directly or by states that are passed: the rows it may take in the order of Flink's search (the state that was
 * come to last goes first), and the ways to the end.
 */
function reached(from: Draft, final: Draft, pattern: readonly MatchVariable[]) {
  const taken: Array<{ variable: number; target: Draft; tests: readonly MatchTest[] }> = []
  const ends: Array<readonly MatchTest[]> = []
  const open: Array<{ state: Draft; tests: readonly MatchTest[] }> = [{ state: from, tests: [] }]
  for (let each = open.pop(); each; each = open.pop()) {
    const { state, tests: before } = each
    for (const step of state.steps) {
      const tests = simplified([...before, ...step.tests], pattern)
      if (!tests) continue
      if (step.takes) taken.push({ variable: state.variable, target: step.target, tests })
      else if (step.target === final) ends.push(tests)
      else open.push({ state: step.target, tests })
    }
  }
  return { taken, ends }
}

/** Each test once, without those that are always true; undefined where they cannot all agree. */
function simplified(tests: readonly MatchTest[], pattern: readonly MatchVariable[]): readonly MatchTest[] | undefined {
  const kept = new Map<number, MatchTest>()
  for (const test of tests) {
    if (!pattern[test.variable]?.condition) {
      if (!test.holds) return undefined
      continue
    }
    const other = kept.get(test.variable)
    if (other && other.holds !== test.holds) return undefined
    if (!other) kept.set(test.variable, test)
  }
  return [...kept.values()]
}
