import { ARITHMETIC } from './functions/arithmetic.ts'
import { CAST } from './functions/cast.ts'
import { COLLECTION } from './functions/collection.ts'
import { COLLECTION_MAKERS } from './functions/collection-make.ts'
import { COMPARISON } from './functions/comparison.ts'
import { CONDITIONAL } from './functions/conditional.ts'
import { ENCODING } from './functions/encoding.ts'
import type { FunctionEntry } from './functions/entry.ts'
import { JSON_READERS } from './functions/json.ts'
import { JSON_MAKERS } from './functions/json-make.ts'
import { LOGIC } from './functions/logic.ts'
import { MATH } from './functions/math.ts'
import { PATTERN } from './functions/pattern.ts'
import { RANDOM } from './functions/random.ts'
import { TEXT_FUNCTIONS } from './functions/text.ts'
import { TIME } from './functions/time.ts'
import { TIME_ARITHMETIC } from './functions/time-arithmetic.ts'
import { TIME_TEXT } from './functions/time-text.ts'
import { WATERMARK } from './functions/watermark.ts'

/** Every scalar function: what the binder finds names in and the code generator finds code in. Lazily, since the files import each other. */
let byName: Map<string, FunctionEntry> | undefined

function catalogue(): Map<string, FunctionEntry> {
  if (!byName) {
    const families = [
      ARITHMETIC,
      CAST,
      COLLECTION,
      COLLECTION_MAKERS,
      COMPARISON,
      CONDITIONAL,
      ENCODING,
      JSON_MAKERS,
      JSON_READERS,
      LOGIC,
      MATH,
      PATTERN,
      RANDOM,
      TEXT_FUNCTIONS,
      TIME,
      TIME_ARITHMETIC,
      TIME_TEXT,
      WATERMARK,
    ]
    byName = new Map(families.flat().flatMap((entry) => entry.names.map((name) => [name, entry] as const)))
  }
  return byName
}

/** @param name in any case */
export function functionNamed(name: string): FunctionEntry | undefined {
  return catalogue().get(name.toUpperCase())
}

/** All that SQL text can call by name, sorted; an entry appears once. */
export function callableFunctions(): FunctionEntry[] {
  const entries = new Set([...catalogue().values()].filter((entry) => !entry.internal))
  return [...entries].sort((a, b) => ((a.names[0] as string) < (b.names[0] as string) ? -1 : 1))
}

/** Adds functions of our own (analytics) or of a test. A name that is taken is an error. */
export function registerFunctions(entries: readonly FunctionEntry[]): void {
  for (const entry of entries) {
    for (const name of entry.names) {
      if (catalogue().has(name)) throw new Error(`function ${name} is there already`)
      catalogue().set(name, entry)
    }
  }
}
