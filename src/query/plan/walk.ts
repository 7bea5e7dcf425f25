import type * as ast from '../sql/ast.ts'

/** Calls `visit` for an expression and all below it, but not inside of sub-queries; `false` stops it from going deeper there. */
export function walk(node: ast.Expression, visit: (node: ast.Expression) => boolean | undefined): void {
  descend(node, visit as (node: { kind: string }) => boolean | undefined)
}

function descend(value: unknown, visit: (node: { kind: string }) => boolean | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) descend(item, visit)
    return
  }
  if (value === null || typeof value !== 'object' || !('kind' in value)) return
  const node = value as { kind: string }
  if (node.kind === 'query' || visit(node) === false) return
  for (const [name, child] of Object.entries(node)) if (name !== 'at') descend(child, visit)
}

/** The name of a function as the catalogues have it. */
export const functionName = (call: ast.Call): string => call.name.parts.at(-1)?.name.toUpperCase() ?? ''
