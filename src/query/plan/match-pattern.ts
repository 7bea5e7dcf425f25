import type * as ast from '../sql/ast.ts'
import type { MatchVariable } from './nodes.ts'
import { refuse } from './refuse.ts'

/** A variable of the pattern before DEFINE is looked at. */
export type PatternPart = Pick<MatchVariable, 'name' | 'min' | 'max' | 'greedy'> & { readonly at: ast.Span }

/**
 * The variables of a pattern in order. What Flink's engine for patterns does not take is refused: alternatives, groups that repeat,
 * exclusions, PERMUTE, a variable twice, a pattern that no row can match, and a greedy end.
 */
export function patternParts(match: ast.MatchRecognize): PatternPart[] {
  if (match.anchorStart || match.anchorEnd)
    refuse(
      match.pattern.at,
      '^ and $ in PATTERN are not supported: a stream has no end, and Flink takes no notice of them',
      'leave them out',
    )
  const parts = flattened(match.pattern)
  for (const [i, part] of parts.entries()) {
    if (parts.findIndex(({ name }) => name === part.name) < i)
      refuse(part.at, `pattern variable ${part.name} stands in PATTERN twice`, 'give the second one a name and a condition of its own')
    const before = parts[i - 1]
    const passed = part.min === 0 && (part.max === undefined || part.max === 1)
    if (before && passed && isGreedy(before))
      refuse(
        part.at,
        `optional ${part.name} cannot follow greedy ${before.name}: Flink refuses that`,
        `make ${before.name} reluctant (a ? behind its quantifier)`,
        `${part.name}{0,n} with a number n`,
      )
  }
  if (parts.every(({ min }) => min === 0))
    refuse(
      match.pattern.at,
      'every variable of the pattern may be missing, so it would match no row at all',
      'let one be there: A+ in place of A*',
    )
  const last = parts.at(-1)
  if (last && isGreedy(last))
    refuse(
      last.at,
      `the pattern ends in greedy ${last.name}: whether it goes on is not known before the next row`,
      `make it reluctant (a ? behind its quantifier)`,
      `put a variable behind it for the row that ends it`,
    )
  return parts
}

/** Whether it takes rows as long as it can; `?` and `{n}` do in any case. */
const isGreedy = ({ greedy, min, max }: PatternPart): boolean => greedy && min !== max && !(min === 0 && max === 1)

function flattened(pattern: ast.Pattern): PatternPart[] {
  switch (pattern.kind) {
    case 'patternVariable':
      return [{ name: pattern.name.name, min: 1, max: 1, greedy: true, at: pattern.at }]
    case 'patternSequence':
      return pattern.items.flatMap(flattened)
    case 'patternRepeat':
      return [repeated(pattern)]
    case 'patternAlternation':
      return refuse(
        pattern.at,
        'alternatives (A | B) in PATTERN are not supported, nor are they by Flink',
        'one variable with OR in its condition',
        'UNION ALL of two MATCH_RECOGNIZE',
      )
    case 'patternPermute':
      return refuse(
        pattern.at,
        'PERMUTE in PATTERN is not supported, nor is it by Flink',
        'UNION ALL of one MATCH_RECOGNIZE for each order',
      )
    case 'patternExclude':
      return refuse(
        pattern.at,
        '{- -} in PATTERN is not supported, nor is it by Flink: it is for ALL ROWS PER MATCH',
        'a plain variable that no measure looks at',
      )
  }
}

function repeated({ operand, min, max, reluctant, at }: ast.PatternRepeat): PatternPart {
  if (operand.kind !== 'patternVariable') {
    // It says itself what it is, where it is worse than a group.
    flattened(operand)
    return refuse(at, 'a group in PATTERN cannot have a quantifier, nor can it in Flink', 'write it out: A B A2 B2 in place of (A B){2}')
  }
  const name = operand.name.name
  if (max === 0) refuse(at, `${name}{0} stands for no row`, 'leave it out')
  if (reluctant && min === 0 && max === 1)
    refuse(at, `reluctant ${name}?? is not supported, nor is it by Flink`, `${name}?`, `${name}{0,2}? with a condition that stops it`)
  return { name, min, ...(max !== undefined && { max }), greedy: !reluctant, at }
}
