import type { Session } from '../expr/session.ts'
import { Catalog } from '../plan/catalog.ts'
import type { PlanContext, Planner } from '../plan/context.ts'
import { tableOf } from '../plan/create-table.ts'
import type { Plan } from '../plan/nodes.ts'
import { planFrom } from '../plan/plan-from.ts'
import { planInsert } from '../plan/plan-insert.ts'
import { finished, planQuery } from '../plan/plan-query.ts'
import { planSelect } from '../plan/plan-select.ts'
import { refuse } from '../plan/refuse.ts'
import type { Table } from '../plan/table.ts'
import type * as ast from '../sql/ast.ts'

const PLANNER: Planner = { query: planQuery, from: planFrom, select: planSelect }

/** A query of a script, planned: what it reads, and where its rows go. */
export interface PlannedQuery {
  readonly plan: Plan
  /** INSERT INTO this table; absent for a SELECT, whose rows are shown. */
  readonly sink?: Table
  readonly at: ast.Span
}

/** What a script has said so far: tables, views and settings; statements are handed in one by one. */
export class ScriptSession {
  readonly catalog: Catalog
  readonly settings = new Map<string, string>()
  readonly #session: Session

  /** @param session where NOW() and RAND() come from; the time zone is that of `SET 'table.local-time-zone'` */
  constructor(session: Omit<Session, 'timeZone' | 'database'>, catalog = new Catalog()) {
    this.catalog = catalog
    const { settings } = this
    this.#session = {
      ...session,
      database: 'default_database',
      get timeZone() {
        return settings.get('table.local-time-zone') ?? 'UTC'
      },
    }
  }

  get session(): Session {
    return this.#session
  }

  get context(): PlanContext {
    return { catalog: this.catalog, settings: this.settings, session: this.#session, with: new Map(), planner: PLANNER }
  }

  /** Does what a statement says. @returns the queries that it wants to run, none for one that only describes */
  run(statement: ast.Statement): PlannedQuery[] {
    switch (statement.kind) {
      case 'createTable':
        this.#create(statement, tableOf(statement, this.catalog))
        return []
      case 'createView':
        this.#createView(statement)
        return []
      case 'drop':
        this.#drop(statement)
        return []
      case 'set':
        if (statement.key !== undefined) this.settings.set(statement.key, statement.value ?? '')
        return []
      case 'reset':
        if (statement.key === undefined) this.settings.clear()
        else this.settings.delete(statement.key)
        return []
      case 'insert':
        return [this.#insert(statement)]
      case 'statementSet':
        return statement.statements.map((insert) => this.#insert(insert))
      case 'query':
        return [{ plan: finished(planQuery(this.context, statement), statement.at), at: statement.at }]
      case 'use':
      case 'createCatalog':
      case 'createDatabase':
      case 'show':
      case 'describe':
        return []
      case 'explain':
        return refuse(statement.at, 'EXPLAIN is a command of its own here', 'shitops analyze explain')
      case 'createFunction':
        return refuse(statement.at, 'a function of Java cannot run here', 'shitops analyze sql --engine flink runs it on a cluster')
    }
  }

  #create(node: ast.CreateTable, table: Table): void {
    if (this.catalog.has(table.name)) {
      if (node.ifNotExists) return
      if (!node.orReplace)
        refuse(node.name.at, `there is a table or view ${table.name} already`, 'CREATE TABLE IF NOT EXISTS, or DROP it first')
    }
    this.catalog.add(table.name, { kind: 'table', table })
  }

  #createView(view: ast.CreateView): void {
    const name = view.name.parts.at(-1)?.name ?? ''
    if (this.catalog.has(name)) {
      if (view.ifNotExists) return
      refuse(view.name.at, `there is a table or view ${name} already`)
    }
    // Planned once for its errors: a view that cannot be is refused where it is written.
    const { fields } = planQuery(this.context, view.query)
    const names = view.columns.length > 0 ? view.columns.map((column) => column.name) : fields.map((field) => field.name)
    const twice = names.find((each, i) => names.indexOf(each) !== i)
    if (twice) refuse(view.name.at, `view ${name} would have two columns ${twice}`, 'give one of them another name: AS …')
    this.catalog.add(name, { kind: 'view', view })
  }

  #drop({ object, name, ifExists, at }: ast.Drop): void {
    if (object !== 'TABLE' && object !== 'VIEW') return
    const last = name.parts.at(-1)?.name ?? ''
    if (!this.catalog.drop(last) && !ifExists) refuse(at, `there is no ${object.toLowerCase()} ${last}`)
  }

  #insert(insert: ast.Insert): PlannedQuery {
    return planInsert(this.context, insert)
  }
}
