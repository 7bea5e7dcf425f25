import { expect } from 'chai'
import { FINAL, isUnambiguous, type MatchTest, matchStates } from '../../../src/query/operators/match-nfa.ts'
import type { MatchVariable } from '../../../src/query/plan/nodes.ts'

const condition = { exprs: [], rows: [], aggregates: [] }

/** `A`, `A+`, `A{2,}?` … as a variable with a condition; a name in lower case has none. */
function variable(text: string): MatchVariable {
  const [, name = '', quantifier = '', reluctant] = /^(\w)(\+|\*|\?|\{\d+(?:,\d*)?\})?(\?)?$/.exec(text) ?? []
  const [, from, comma, to] = /^\{(\d+)(,?)(\d*)\}$/.exec(quantifier) ?? []
  const min = quantifier === '' || quantifier === '+' ? 1 : Number(from ?? 0)
  const max = quantifier === '' || quantifier === '?' ? 1 : comma === '' ? Number(from) : to ? Number(to) : undefined
  return { name, min, ...(max !== undefined && { max }), greedy: !reluctant, ...(name !== name.toLowerCase() && { condition }) }
}

/** Each state as `taken by, where to, under what tests, and when that may be the end`. */
function shown(pattern: string): string[] {
  const variables = pattern.split(' ').map(variable)
  const test = ({ variable, holds }: MatchTest) => `${holds ? '' : '!'}${variables[variable]?.name}`
  return matchStates(variables).map((edges) =>
    edges
      .map(({ variable, target, tests, ends }) => {
        const end = ends.map((way) => ` or end${way.length > 0 ? ` if ${way.map(test).join(' ')}` : ''}`).join('')
        return `${variables[variable]?.name}→${target === FINAL ? 'end' : target}[${tests.map(test).join(' ')}]${end}`
      })
      .join('; '),
  )
}

describe('match automaton', () => {
  it('has one state for each row of a sequence', () => {
    expect(shown('A B')).to.deep.equal(['A→1[A]', 'B→end[B]'])
  })

  it('asks nothing of a variable without a condition', () => {
    expect(shown('a B')).to.deep.equal(['a→1[]', 'B→end[B]'])
  })

  it('keeps the rows of a greedy variable from the next one', () => {
    expect(shown('A+ B')).to.deep.equal(['A→1[A]', 'A→1[A]; B→end[B !A]'])
  })

  it('lets a reluctant variable end at any row', () => {
    expect(shown('A+? B')).to.deep.equal(['A→1[A]', 'A→1[A]; B→end[B]'])
  })

  it('leaves nothing to what follows a greedy variable that takes every row', () => {
    expect(shown('a+ B')).to.deep.equal(['a→1[]', 'a→1[]'])
  })

  it('passes an optional variable', () => {
    expect(shown('A B? C')).to.deep.equal(['A→1[A]', 'B→2[B]; C→end[C]', 'C→end[C]'])
    expect(shown('A* B')).to.deep.equal(['A→1[A]; B→end[B !A]', 'A→1[A]; B→end[B !A]'])
  })

  it('counts the rows of a variable', () => {
    expect(shown('A{2} B')).to.deep.equal(['A→1[A]', 'A→2[A]', 'B→end[B]'])
    expect(shown('A{2,} B')).to.deep.equal(['A→1[A]', 'A→2[A]', 'A→2[A]; B→end[B !A]'])
    expect(shown('A{1,2} B')).to.deep.equal(['A→1[A]', 'A→2[A]; B→end[B !A]', 'B→end[B !A]'])
    expect(shown('A{0,2}? B')).to.deep.equal(['A→1[A]; B→end[B]', 'A→2[A]; B→end[B]', 'B→end[B]'])
  })

  it('may end where everything that is left may be missing', () => {
    expect(shown('A B?')).to.deep.equal(['A→1[A] or end', 'B→end[B]'])
    expect(shown('A B*? C?')).to.deep.equal(['A→1[A] or end', 'B→2[B] or end; C→end[C]', 'B→2[B] or end; C→end[C]'])
  })

  it('asks the last row whether a greedy variable before the end lets it end', () => {
    expect(shown('A+ B{0,2}?')).to.deep.equal(['A→1[A] or end if !A', 'A→1[A] or end if !A; B→2[B !A] or end', 'B→end[B]'])
  })

  it('knows where a row can take a partial match one way only', () => {
    const unambiguous = (pattern: string) => isUnambiguous(matchStates(pattern.split(' ').map(variable)))
    expect(['A B', 'A+ B', 'A* B C', 'A{2,} B', 'A{1,2} B'].filter((pattern) => !unambiguous(pattern))).to.deep.equal([])
    expect(['A+? B', 'A B? C', 'A B?', 'A{1,2}? B', 'a b? C'].filter(unambiguous)).to.deep.equal([])
  })
})
