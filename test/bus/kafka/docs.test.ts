import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { KAFKA_OPTIONS } from '../../../src/bus/kafka/options.ts'

describe('docs/bus.md', () => {
  it('has a row for every option of a Kafka URL, with its kind, default and meaning', async () => {
    const text = await readFile(new URL('../../../docs/bus.md', import.meta.url), 'utf8')
    const rows = text.split('\n').filter((line) => line.startsWith('| `'))
    const expected = Object.entries(KAFKA_OPTIONS).map(([name, { kind, default: value, about }]) => {
      const kinds = typeof kind === 'string' ? kind : kind.map((choice) => `\`${choice}\``).join(', ')
      return `| \`${name}\` | ${kinds} | ${value === '' ? '–' : `\`${value}\``} | ${about} |`
    })
    for (const row of expected) expect(rows, `this row:\n${row}\n`).to.include(row)
    expect(rows.filter((row) => expected.includes(row))).to.have.length(expected.length)
  })
})
