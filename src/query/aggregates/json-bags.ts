import { readJson } from '../expr/json/read-json.ts'
import { quoteJson, writeJson } from '../expr/json/write-json.ts'
import { SqlRuntimeError } from '../expr/sql-runtime-error.ts'
import type { Saved } from './bags.ts'

/** The members of an object that JSON_OBJECTAGG makes: values are JSON text. */
export class JsonMembers implements Saved {
  readonly #members: Map<string, string>

  constructor(saved: readonly (readonly [string, string])[] = []) {
    this.#members = new Map(saved)
  }

  add(key: string | null, json: string | null, nulls: boolean): void {
    if (key === null) throw new SqlRuntimeError('JSON_OBJECTAGG: a key is NULL')
    if (this.#members.has(key)) throw new SqlRuntimeError(`JSON_OBJECTAGG: key '${key}' is there twice; keys must differ`)
    // Written anew, as Flink does it: numbers as decimal ones, keys inside in order.
    if (json !== null) this.#members.set(key, writeJson(readJson(json)))
    else if (nulls) this.#members.set(key, 'null')
  }

  remove(key: string | null): void {
    if (key !== null) this.#members.delete(key)
  }

  merge(from: JsonMembers): void {
    for (const [key, json] of from.#members) this.add(key, json, true)
  }

  /** In order of the keys, as Flink writes objects. */
  text(): string {
    const members = [...this.#members].sort(([a], [b]) => (a < b ? -1 : 1))
    return `{${members.map(([key, json]) => `${quoteJson(key)}:${json}`).join(',')}}`
  }

  save(): unknown {
    return [...this.#members]
  }
}

/** The elements of an array that JSON_ARRAYAGG makes: JSON texts in the order in which they came. */
export class JsonElements implements Saved {
  readonly #elements: string[]

  constructor(saved: readonly string[] = []) {
    this.#elements = [...saved]
  }

  add(json: string | null, nulls: boolean): void {
    if (json !== null) this.#elements.push(writeJson(readJson(json)))
    else if (nulls) this.#elements.push('null')
  }

  remove(json: string | null, nulls: boolean): void {
    if (json === null && !nulls) return
    const at = this.#elements.indexOf(json === null ? 'null' : writeJson(readJson(json)))
    if (at >= 0) this.#elements.splice(at, 1)
  }

  merge(from: JsonElements): void {
    this.#elements.push(...from.#elements)
  }

  text(): string {
    return `[${this.#elements.join(',')}]`
  }

  save(): unknown {
    return [...this.#elements]
  }
}
