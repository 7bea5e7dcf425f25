import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import type { Document } from '../../../base/yaml.ts'
import type { SetNames, SetSpec, SetValue } from './set.ts'
import { typedValue, valueType } from './typed-value.ts'
import type { ValueType } from './value-types.ts'
import { type YamlKinds, YamlProblem, yamlToJson } from './yaml-json.ts'

const KEYS = ['prefix', 'target', 'delete', 'replace', 'update', 'union_replace'] as const
const VALUE_KEYS = ['path', 'value', 'encoding'] as const

/** What the paths of a request file are called in errors. */
export const fileNames = (file: string): SetNames => ({ prefix: `${file}: prefix`, path: (op, index) => `${file}: ${op}[${index}]` })

/**
 * A Set from a file, YAML or JSON: `{prefix, target, delete: [PATH], replace: [{path, value, encoding}], update: […], union_replace: […]}`. A value
 * is JSON in the file's own notation, with the digits in which its numbers were written; with another `encoding` (`string`, `uint`, …) it is of
 * that type.
 * @param file its name, for errors
 * @throws SHITOPS_E_FILE where it cannot be read as that
 */
export async function readSetFile(file: string, text: string, defaultType: ValueType): Promise<SetSpec> {
  const yaml = await import('../../../base/yaml.ts')
  const lines = new yaml.LineCounter()
  const document = yaml.parseDocument(text, { intAsBigInt: true, lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error) {
    const { line, col } = lines.linePos(error.pos[0])
    throw new ShitopsError('SHITOPS_E_FILE', `${file}:${line}:${col}: ${error.message}`)
  }
  return new SetFile(file, yaml, document, defaultType).spec()
}

class SetFile {
  readonly #file: string
  readonly #kinds: YamlKinds
  readonly #document: Document
  readonly #defaultType: ValueType

  constructor(file: string, kinds: YamlKinds, document: Document, defaultType: ValueType) {
    this.#file = file
    this.#kinds = kinds
    this.#document = document
    this.#defaultType = defaultType
  }

  spec(): SetSpec {
    const { prefix, target, delete: deletes, replace, update, union_replace } = this.#members(this.#document.contents, '', KEYS)
    return {
      prefix: this.#text(prefix, 'prefix'),
      target: this.#text(target, 'target'),
      deletes: this.#list(deletes, 'delete').map((node, i) => this.#text(node, `delete[${i}]`) ?? ''),
      replaces: this.#values(replace, 'replace'),
      updates: this.#values(update, 'update'),
      unionReplaces: this.#values(union_replace, 'union_replace'),
    }
  }

  #values(node: unknown, where: string): SetValue[] {
    return this.#list(node, where).map((entry, i) => this.#value(entry, `${where}[${i}]`))
  }

  #value(node: unknown, where: string): SetValue {
    const { path, value, encoding } = this.#members(node, where, VALUE_KEYS)
    if (path === undefined || value === undefined) throw this.#wrong(where, `has no ${path === undefined ? 'path' : 'value'}`)
    const type = valueType(this.#text(encoding, `${where}.encoding`) ?? this.#defaultType, `${this.#file}: ${where}.encoding`)
    return {
      path: this.#text(path, `${where}.path`) ?? '',
      value: typedValue(type, this.#valueText(value, type, `${where}.value`), `${this.#file}: ${where}`),
    }
  }

  /** JSON of a type that is JSON; of any other the scalar as it stands in the file. */
  #valueText(node: unknown, type: ValueType, where: string): string {
    if (type === 'json' || type === 'json_ietf') {
      const json = yamlToJson(this.#kinds, this.#document, node)
      if (json instanceof YamlProblem) throw this.#wrong(where, `has ${json.message}`)
      return json
    }
    const scalar = this.#resolved(node)
    if (!this.#kinds.isScalar(scalar) || scalar.value === null) throw this.#wrong(where, `is not a single value, as ${type} is`)
    const { value, source } = scalar
    return typeof value === 'string' ? value : typeof value === 'number' ? (source ?? String(value)) : String(value)
  }

  /** The members of a map, of which none is unknown. */
  #members<Key extends string>(node: unknown, where: string, known: readonly Key[]): Partial<Record<Key, unknown>> {
    const map = this.#resolved(node)
    if (!this.#kinds.isMap(map)) throw this.#wrong(where, `is not a map of ${known.join(', ')}`)
    const members: Partial<Record<Key, unknown>> = {}
    for (const { key, value } of map.items) {
      const name = this.#kinds.isScalar(key) ? String(key.value) : ''
      const found = known.find((one) => one === name)
      if (found === undefined) {
        const like = nearest(name, known)
        throw this.#wrong(where, `has "${name}", which is none of ${known.join(', ')}`, ...(like ? [`${like}:`] : []))
      }
      members[found] = value
    }
    return members
  }

  #list(node: unknown, where: string): unknown[] {
    const list = this.#resolved(node)
    if (list === undefined || list === null || (this.#kinds.isScalar(list) && list.value === null)) return []
    if (this.#kinds.isSeq(list)) return list.items
    throw this.#wrong(where, 'is not a list')
  }

  #text(node: unknown, where: string): string | undefined {
    const scalar = this.#resolved(node)
    if (scalar === undefined || scalar === null) return undefined
    if (this.#kinds.isScalar(scalar) && typeof scalar.value === 'string') return scalar.value
    throw this.#wrong(where, 'is not text')
  }

  #resolved(node: unknown): unknown {
    return this.#kinds.isAlias(node) ? node.resolve(this.#document) : node
  }

  #wrong(where: string, what: string, ...next: string[]): ShitopsError {
    return new ShitopsError('SHITOPS_E_FILE', `${this.#file}: ${where || 'the request'} ${what}`, { suggestions: next })
  }
}
