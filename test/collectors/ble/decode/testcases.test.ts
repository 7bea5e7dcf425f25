import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describeLines } from '../../../../src/collectors/ble/decode/lines/describe-lines.ts'

const root = fileURLToPath(new URL('./testcases', import.meta.url))

/** The lines that `scan decode` prints for a file, as parsed JSON. */
async function decodeFile(file: string): Promise<unknown[]> {
  const lines: unknown[] = []
  for await (const described of describeLines(createReadStream(file)))
    lines.push(...described.map((line) => JSON.parse(JSON.stringify(line))))
  return lines
}

describe('scan decode, case by case', () => {
  for (const name of readdirSync(root)) {
    it(name.replaceAll('-', ' '), async () => {
      const expected = readFileSync(join(root, name, 'expected.jsonl'), 'utf8')
        .trim()
        .split('\n')
      expect(await decodeFile(join(root, name, 'input.jsonl'))).to.deep.equal(expected.map((line) => JSON.parse(line)))
    })
  }
})
