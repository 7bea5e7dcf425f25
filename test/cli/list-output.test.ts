import { expect } from 'chai'
import { formatList, type ListFlags } from '../../src/cli/list-output.ts'
import { type Column, formatTable } from '../../src/cli/table.ts'

interface Row {
  name: string
  lag: number | null
}

const rows: Row[] = [
  { name: 'alerts', lag: 0 },
  { name: 'device_metrics', lag: null },
  { name: 'odd, "name"\n\u001b[31m', lag: 1_200 },
]
const columns: Array<Column<Row>> = [
  { name: 'topic', value: ({ name }) => name },
  { name: 'lag', value: ({ lag }) => lag, shown: ({ lag }) => (lag === null ? 'unknown' : String(lag)), right: true },
]
const flags = (more: Partial<ListFlags> = {}): ListFlags => ({ output: 'table', 'no-header': false, 'no-trunc': false, ...more })
const list = (more?: Partial<ListFlags>, terminal = {}) => formatList(rows, columns, flags(more), { topics: rows }, terminal)

describe('lists', () => {
  it('are columns for a person, without control characters', () => {
    expect(list().split('\n')).to.deep.equal([
      'TOPIC                  LAG',
      'alerts                   0',
      'device_metrics     unknown',
      'odd, "name"  [31m     1200',
      '',
    ])
    expect(list({ 'no-header': true }).split('\n')).to.have.length(4)
  })

  it('are cut to a terminal, not to a pipe, and not with --no-trunc', () => {
    const width = (text: string) => Math.max(...text.split('\n').map((line) => line.length))
    expect(width(list({}, { isTTY: true, columns: 20 }))).to.be.at.most(20)
    expect(list({}, { isTTY: true, columns: 20 })).to.contain('…')
    expect(list({ 'no-trunc': true }, { isTTY: true, columns: 20 })).to.equal(list())
    expect(list({}, { columns: 20 })).to.equal(list())
  })

  it('are CSV by RFC 4180, null empty', () => {
    expect(list({ output: 'csv' })).to.equal('topic,lag\r\nalerts,0\r\ndevice_metrics,\r\n"odd, ""name""\n\u001b[31m",1200\r\n')
    expect(list({ output: 'csv', 'no-header': true })).to.match(/^alerts,0\r\n/)
  })

  it('are JSON: a line a row, or one document', () => {
    expect(
      list({ output: 'ndjson' })
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).to.deep.equal(rows)
    expect(JSON.parse(list({ output: 'json' }))).to.deep.equal({ topics: rows })
  })

  it('that are empty print no header', () => {
    expect(formatList([], columns, flags(), {}, {})).to.equal('')
    expect(formatTable([], columns, { header: false })).to.equal('')
  })
})
