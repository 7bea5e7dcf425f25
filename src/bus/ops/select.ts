import type { Headers, RecordBatch } from '../bus.ts'
import type { Filter } from '../filter/compile.ts'
import { RecordView } from '../filter/record-view.ts'

/** Which records of a range are wanted; what is given must all hold. */
export interface Selection {
  /** The whole key. */
  key?: string | undefined
  /** Headers that must be there, each with that value. */
  headers?: ReadonlyArray<readonly [name: string, value: string]> | undefined
  /** Searched for in the value's text. */
  grep?: RegExp | undefined
  filter?: Filter | undefined
}

/** Whether record `i` of a batch is wanted. */
export type Matches = (batch: RecordBatch, i: number) => boolean

/** The test of a selection, the cheapest part first; undefined when it wants everything, so that nothing is looked at. */
export function matcher(selection: Selection): Matches | undefined {
  const tests: Matches[] = []
  if (selection.key !== undefined) tests.push(keyTest(Buffer.from(selection.key)))
  for (const [name, value] of selection.headers ?? []) tests.push(headerTest(name, Buffer.from(value)))
  if (selection.grep) tests.push(grepTest(selection.grep))
  if (selection.filter) tests.push(filterTest(selection.filter))
  if (tests.length === 0) return undefined
  return (batch, i) => tests.every((test) => test(batch, i))
}

const keyTest =
  (wanted: Buffer): Matches =>
  (batch, i) =>
    batch.key(i)?.equals(wanted) ?? false

const headerTest =
  (name: string, value: Buffer): Matches =>
  (batch, i) =>
    batch.headers(i).some((header: Headers[number]) => header[0] === name && header[1].equals(value))

const grepTest =
  (pattern: RegExp): Matches =>
  (batch, i) => {
    const value = batch.value(i)
    return value !== null && pattern.test(value.toString())
  }

function filterTest(filter: Filter): Matches {
  const view = new RecordView()
  return (batch, i) => filter(view.at(batch, i))
}
