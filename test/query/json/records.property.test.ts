import { isUtf8 } from 'node:buffer'
import { expect } from 'chai'
import fc from 'fast-check'
import type { FieldType, JsonField } from '../../../src/query/json/field.ts'
import { compileScanner } from '../../../src/query/json/scanner.ts'
import { found, jsonObject, mutate, mutation, type Node, paths, written } from './support/record.ts'
import { outcome } from './support/scan.ts'

/** Lone halves of pairs are question marks to us, and U+FFFD where Node has written them. */
const paired = (text: string) => text.replace(/\p{Surrogate}/gu, '?')

// biome-ignore lint/suspicious/noControlCharactersInRegex: what String.trim takes away in Java.
const trimmed = (text: string) => text.replace(/^[\u0000-\u0020]+|[\u0000-\u0020]+$/g, '')

/** What a field must be, or undefined when it cannot be read. */
function expected(node: Node, { path, type }: JsonField): unknown {
  const there = found(node, path)
  if (there === 'absent' || there === 'null') return null
  if (there === 'astray') return undefined
  if (there.kind !== 'scalar') return type === 'STRING' ? JSON.parse(written(there)) : undefined
  const { value, text } = there
  if (value === null) return null
  if (type === 'STRING') return typeof value === 'string' ? paired(value) : text
  if (type === 'BOOLEAN') return value === true || (typeof value === 'string' && trimmed(value).toLowerCase() === 'true')
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return undefined
  // What Java takes for a number, as far as such texts come.
  const number = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[fFdD]?$/.exec(trimmed(value))
  return number ? Number(number[1]) : undefined
}

const types = fc.constantFrom<FieldType>('STRING', 'DOUBLE', 'BOOLEAN')
const wanted = fc
  .tuple(paths, fc.array(types, { minLength: 6, maxLength: 6 }))
  .map(([list, kinds]) => list.map((path, i): JsonField => ({ path, type: kinds[i] as FieldType })))

function parsed(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

describe('any JSON object', () => {
  it('gives every wanted field as JSON.parse would, the first time and when its shape is known', () => {
    fc.assert(
      fc.property(jsonObject, wanted, (node, fields) => {
        const scanner = compileScanner(fields, { ignoreParseErrors: true })
        const text = written(node)
        for (let round = 0; round < 4; round++) {
          const got = outcome(scanner, text)
          if (typeof got === 'string') throw new Error(`${got}: ${text}`)
          for (const [i, field] of fields.entries()) {
            const there = found(node, field.path)
            const want = expected(node, field)
            const container = typeof there === 'object' && there.kind !== 'scalar' && field.type === 'STRING'
            // Texts of containers have their halves of pairs replaced, so only those without are compared.
            if (container && paired(JSON.stringify(want)) !== JSON.stringify(want)) continue
            const value = container ? JSON.parse(got[i] as string) : got[i]
            const same = typeof want === 'number' ? want : want === undefined ? null : want
            expect(plain(value), `${text} ${field.path.join('/')} ${field.type} round ${round}`).to.deep.equal(plain(same))
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('says which field cannot be read, and which is missing', () => {
    fc.assert(
      fc.property(jsonObject, wanted, fc.boolean(), (node, fields, failOnMissingField) => {
        const scanner = compileScanner(fields, { failOnMissingField })
        const wrong = fields.findIndex(
          (field) => expected(node, field) === undefined || (failOnMissingField && found(node, field.path) === 'absent'),
        )
        for (let round = 0; round < 3; round++) {
          const got = outcome(scanner, written(node))
          if (wrong >= 0) expect(got).to.equal(`bad field ${wrong}`)
          else expect(got).to.be.an('array')
        }
      }),
      { numRuns: 500 },
    )
  })

  it('that was changed is refused, or read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(jsonObject, wanted, fc.array(mutation, { minLength: 1, maxLength: 2 }), (node, fields, changes) => {
        const text = Buffer.from(written(node))
        const scanner = compileScanner(fields, { ignoreParseErrors: true })
        for (let i = 0; i < 3; i++) outcome(scanner, text)
        const changed = changes.reduce(mutate, text)
        const got = outcome(scanner, changed)
        // What was learned makes no difference.
        expect(got).to.deep.equal(outcome(compileScanner(fields, { ignoreParseErrors: true }), changed))
        check(got, changed, fields)
      }),
      { numRuns: 2_000 },
    )
  })
})

/** Zero is one number: JSON.stringify has no other. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value))

function check(got: unknown, bytes: Buffer, fields: readonly JsonField[]): void {
  // Control characters within texts are allowed, to JSON.parse they are not; a byte order mark is passed over.
  const visible = Buffer.from(bytes)
  let within = false
  for (let i = 0; i < visible.length; i++) {
    if (visible[i] === 0x22) within = !within
    else if (visible[i] === 0x5c && within) i++
    else if (within && (visible[i] as number) < 0x20) visible[i] = 0x5f
  }
  const value = parsed(visible)
  if (value === undefined) {
    expect(got, bytes.toString()).to.equal('bad record')
    return
  }
  if (got === 'bad record') {
    expect(isUtf8(bytes), bytes.toString()).to.equal(false)
    return
  }
  for (const [i, { path, type }] of fields.entries()) {
    const there = path.reduce<unknown>((here, step) => (isObject(here) && Object.hasOwn(here, step) ? here[step] : undefined), value)
    const ours = (got as unknown[])[i]
    const label = `${bytes.toString()} ${path.join('/')} ${type}`
    if (there === undefined || there === null) expect(ours, label).to.equal(null)
    if (type === 'DOUBLE' && typeof there === 'number') expect(ours, label).to.satisfy((n: number) => Object.is(n, there))
    if (type === 'BOOLEAN' && typeof there === 'boolean') expect(ours, label).to.equal(there)
    if (type === 'STRING' && typeof there === 'string' && visible.equals(bytes) && isUtf8(bytes))
      expect(ours, label).to.equal(paired(there))
  }
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object' && !Array.isArray(value)
