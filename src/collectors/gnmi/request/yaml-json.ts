import type { Document, isAlias, isMap, isScalar, isSeq } from '../../../base/yaml.ts'

/** The YAML library's judges of nodes, handed in because it is loaded late. */
export interface YamlKinds {
  isAlias: typeof isAlias
  isMap: typeof isMap
  isScalar: typeof isScalar
  isSeq: typeof isSeq
}

/** Why a YAML node cannot be JSON. */
export class YamlProblem {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** RFC 8259 */
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/
/** More nodes than this are an alias that stands for itself many times over. */
const MAX_NODES = 1_000_000

/**
 * A YAML node as JSON text. Numbers keep the digits in which they were written, however many: a device's 64-bit counters and decimals are
 * more than a double holds.
 */
export function yamlToJson(kinds: YamlKinds, document: Document, node: unknown): string | YamlProblem {
  let nodes = 0
  const jsonOf = (part: unknown): string => {
    if (++nodes > MAX_NODES) throw new YamlProblem('aliases that stand for more than can be sent')
    if (kinds.isAlias(part)) return jsonOf(part.resolve(document))
    if (part === null || part === undefined) return 'null'
    if (kinds.isSeq(part)) return `[${part.items.map(jsonOf).join(',')}]`
    if (kinds.isMap(part)) return `{${part.items.map(({ key, value }) => `${keyOf(key)}:${jsonOf(value)}`).join(',')}}`
    if (kinds.isScalar(part)) return scalarJson(part.value, part.source)
    throw new YamlProblem('something that JSON has no form for')
  }
  const keyOf = (key: unknown): string => {
    if (!kinds.isScalar(key)) throw new YamlProblem('a key that is not plain text')
    if (key.value === '<<' && key.type === 'PLAIN') throw new YamlProblem('a merge key (<<), which is not of YAML 1.2')
    return JSON.stringify(typeof key.value === 'string' ? key.value : (key.source ?? String(key.value)))
  }
  try {
    return jsonOf(node)
  } catch (error) {
    if (error instanceof YamlProblem) return error
    // A node that holds itself, through an alias.
    if (error instanceof RangeError) return new YamlProblem('a value that is part of itself, or nested too deep')
    throw error
  }
}

function scalarJson(value: unknown, source: string | undefined): string {
  if (typeof value !== 'number' && typeof value !== 'bigint') return JSON.stringify(value)
  if (source !== undefined && JSON_NUMBER.test(source)) return source
  if (typeof value === 'bigint') return String(value)
  if (Number.isFinite(value)) return String(value)
  throw new YamlProblem(`the number ${source ?? value}, which JSON does not have`)
}
