import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'

const FOLDER = 'test/collectors/gnmi/conformance'
const STATEMENTS = 52

/** `FILE NUMBER: NAME` of each numbered test. */
function numberedTests(): string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.test.ts'))
  return files.flatMap((file) =>
    [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/^ *it\(\s*'(\d+): (.*?)(?<!\\)',/gm)].map(
      ([, number, name]) => `${file.replace('.test.ts', '')} ${number}: ${name}`,
    ),
  )
}

/** The same of each row of the table. */
function rows(): string[] {
  const page = readFileSync('docs/gnmi-conformance.md', 'utf8')
  return [...page.matchAll(/^\| (\d+) \| .+ \| .+ \| `(\w+)`: (.+) \|$/gm)].map(([, number, file, name]) => `${file} ${number}: ${name}`)
}

describe('docs/gnmi-conformance.md', () => {
  it('lists the tests that there are, in the order of their numbers, and no others', () => {
    expect([...numberedTests()].sort()).to.deep.equal([...rows()].sort())
    expect(rows().map((row) => Number(/ (\d+):/.exec(row)?.[1]))).to.deep.equal(Array.from({ length: STATEMENTS }, (_, i) => i + 1))
  })
})
