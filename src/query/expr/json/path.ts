import { JsonSyntaxError, type JsonValue, readJson } from './read-json.ts'

/** SQL/JSON paths, as Flink has them: JsonPath behind `lax` or `strict`, and strict when neither is written. */

type Step =
  | { readonly key: string }
  | { readonly index: number }
  | 'wildcard'
  | { readonly slice: readonly [number | undefined, number | undefined] }

export interface JsonPath {
  readonly strict: boolean
  readonly steps: readonly Step[]
  /** It may name several values (`*`, `[*]`, `[1:3]`): the result is a list of them. */
  readonly indefinite: boolean
}

/** A path that is none, or that uses what is not supported: the message says which. */
export class JsonPathError extends Error {}

const STEP = /\.?\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(-?\d+)|(\*)|(-?\d+)?:(-?\d+)?)\s*\]|\.(\*)|\.([^.[\]*\s()?@]+)/y

export function parseJsonPath(text: string): JsonPath {
  const mode = /^\s*(lax|strict)\s+/i.exec(text)
  const body = text.slice(mode?.[0].length ?? 0).trim()
  if (!body.startsWith('$')) throw new JsonPathError(`a JSON path begins with $, not '${text}'`)
  const steps: Step[] = []
  STEP.lastIndex = 1
  for (let at = 1; at < body.length; ) {
    STEP.lastIndex = at
    const match = STEP.exec(body)
    if (!match) throw new JsonPathError(unsupported(body, at))
    steps.push(stepOf(match))
    at = STEP.lastIndex
  }
  const indefinite = steps.some((step) => step === 'wildcard' || 'slice' in step)
  return { strict: mode?.[1]?.toLowerCase() !== 'lax', steps, indefinite }
}

function stepOf(match: RegExpExecArray): Step {
  const [, single, double, index, star, from, to, dotStar, name] = match
  if (star || dotStar) return 'wildcard'
  if (index !== undefined) return { index: Number(index) }
  const key = single ?? double ?? name
  if (key !== undefined) return { key: key.replace(/\\(.)/g, '$1') }
  return { slice: [from === undefined ? undefined : Number(from), to === undefined ? undefined : Number(to)] }
}

function unsupported(path: string, at: number): string {
  const rest = path.slice(at)
  if (rest.startsWith('..')) return `the JSON path '${path}' uses '..' (any depth), which is not supported: write the way to the value`
  if (rest.startsWith('[?')) return `the JSON path '${path}' uses a filter [?(…)], which is not supported: filter in SQL`
  if (/^\.\w+\(/.test(rest)) return `the JSON path '${path}' calls a function, which is not supported`
  return `the JSON path '${path}' cannot be read from character ${at + 1} on`
}

/** What a path finds: the value, `undefined` where strict mode fails or the text is no JSON. In lax mode nothing is null. */
export type Found = { readonly value: JsonValue } | { readonly error: string }

export function findInJson(text: string, path: JsonPath): Found {
  let root: JsonValue
  try {
    root = readJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { error: error.message }
    throw error
  }
  return path.indefinite ? findAll(root, path) : findOne(root, path)
}

function findOne(root: JsonValue, path: JsonPath): Found {
  let value: JsonValue | undefined = root
  for (const step of path.steps) {
    value = child(value as JsonValue, step)
    if (value === undefined) return path.strict ? { error: 'no result for the JSON path' } : { value: null }
  }
  return { value: value as JsonValue }
}

function findAll(root: JsonValue, path: JsonPath): Found {
  let values: JsonValue[] = [root]
  for (const step of path.steps) {
    values = values.flatMap((value) => {
      if (step === 'wildcard') return Array.isArray(value) ? value : value instanceof Map ? [...value.values()] : []
      if ('slice' in step) return Array.isArray(value) ? value.slice(step.slice[0], step.slice[1]) : []
      const found = child(value, step)
      return found === undefined ? [] : [found]
    })
  }
  return { value: values }
}

function child(value: JsonValue, step: Step): JsonValue | undefined {
  if (step === 'wildcard' || 'slice' in step) return undefined
  if ('key' in step) return value instanceof Map ? value.get(step.key) : undefined
  return Array.isArray(value) ? value.at(step.index) : undefined
}
