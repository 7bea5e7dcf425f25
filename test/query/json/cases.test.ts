import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { expect } from 'chai'
import { type JsonField, type JsonOptions, SCAN } from '../../../src/query/json/field.ts'
import { forEachLine, lineBlocks } from '../../../src/query/json/lines.ts'
import { rowReader } from '../../../src/query/json/rows.ts'
import { compileScanner } from '../../../src/query/json/scanner.ts'

const CASES = new URL('cases/', import.meta.url)

/** What a scanner makes of a file that is read some bytes at a time: rows, with bigints as text with an n, or what was wrong. */
async function answersTo(file: URL, fields: JsonField[], options: JsonOptions, highWaterMark: number): Promise<unknown[]> {
  const scanner = compileScanner(fields, options)
  const row = rowReader(scanner)
  const answers: unknown[] = []
  for await (const { bytes } of lineBlocks(createReadStream(file, { highWaterMark }))) {
    forEachLine(bytes, 0, bytes.length, (start, end) => {
      const status = scanner.scan(bytes, start, end)
      if (status === SCAN.OK) answers.push(row().map((value) => (typeof value === 'bigint' ? `${value}n` : value)))
      else answers.push(status === SCAN.BAD_RECORD ? 'bad record' : scanner.problem)
    })
  }
  return answers
}

describe('a file of JSON records', () => {
  for (const name of readdirSync(CASES)) {
    it(name, async () => {
      const folder = new URL(`${name}/`, CASES)
      const { fields, options } = JSON.parse(readFileSync(new URL('format.json', folder), 'utf8'))
      const expected = readFileSync(new URL('expected.ndjson', folder), 'utf8').trimEnd().split('\n')
      for (const size of [1 << 16, 7, 61]) {
        const answers = await answersTo(new URL('input.ndjson', folder), fields, options, size)
        expect(answers).to.deep.equal(expected.map((line) => JSON.parse(line)))
      }
    })
  }
})
