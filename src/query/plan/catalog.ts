import { nearest } from '../../base/nearest.ts'
import type * as ast from '../sql/ast.ts'
import { refuse } from './refuse.ts'
import type { Table } from './table.ts'

export type Named = { readonly kind: 'table'; readonly table: Table } | { readonly kind: 'view'; readonly view: ast.CreateView }

/** Tables and views by name. A name is matched as written; a catalog and a database before it are not looked at. */
export class Catalog {
  readonly #names = new Map<string, Named>()
  /** Tables that need no CREATE: topics of the bus by name. */
  readonly #fallback: (name: string) => Table | undefined
  readonly #known: () => readonly string[]

  constructor(fallback: (name: string) => Table | undefined = () => undefined, known: () => readonly string[] = () => []) {
    this.#fallback = fallback
    this.#known = known
  }

  has(name: string): boolean {
    return this.#names.has(name)
  }

  add(name: string, named: Named): void {
    this.#names.set(name, named)
  }

  drop(name: string): boolean {
    return this.#names.delete(name)
  }

  /** @throws SHITOPS_E_SQL_PLAN where there is none */
  get(name: ast.QualifiedName): Named {
    const last = name.parts.at(-1)?.name ?? ''
    const found = this.#names.get(last)
    if (found) return found
    const table = this.#fallback(last)
    if (table) return { kind: 'table', table }
    const names = [...this.#names.keys(), ...this.#known()]
    const like = nearest(last, names)
    refuse(
      name.at,
      `there is no table ${last}`,
      ...(like ? [`did you mean ${like}?`] : []),
      `CREATE TABLE ${last} (…) WITH ('connector' = …), or use a topic by its name: ${names.slice(0, 8).join(', ')}`,
    )
  }
}
