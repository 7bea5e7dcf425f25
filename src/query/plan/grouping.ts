import type * as ast from '../sql/ast.ts'
import { refuse } from './refuse.ts'

/** GROUP BY as the list of sets of expressions that it means: one for a plain list. */
export function groupingSets(groupBy: ast.GroupBy): ast.Expression[][] {
  return groupBy.items
    .map(setsOf)
    .reduce<ast.Expression[][]>((all, sets) => all.flatMap((left) => sets.map((right) => [...left, ...right])), [[]])
}

function setsOf(item: ast.GroupItem): ast.Expression[][] {
  switch (item.kind) {
    case 'groupingSet':
      return [[...item.items]]
    case 'groupingSets':
      return item.sets.flatMap(setsOf)
    case 'rollup': {
      const parts = item.items.map(members)
      return Array.from({ length: parts.length + 1 }, (_, i) => parts.slice(0, parts.length - i).flat())
    }
    case 'cube': {
      const parts = item.items.map(members)
      if (parts.length > 10)
        refuse(item.at, `CUBE of ${parts.length} columns has ${2 ** parts.length} sets`, 'GROUPING SETS with those that are wanted')
      return Array.from({ length: 2 ** parts.length }, (_, i) =>
        parts.flatMap((part, j) => ((i >> (parts.length - 1 - j)) & 1 ? [] : part)),
      )
    }
    default:
      return [[item]]
  }
}

const members = (item: ast.Expression | ast.GroupingSet): ast.Expression[] => (item.kind === 'groupingSet' ? [...item.items] : [item])
