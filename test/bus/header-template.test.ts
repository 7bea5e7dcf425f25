import { expect } from 'chai'
import type { OutRecord } from '../../src/bus/bus.ts'
import { envelopeOf } from '../../src/bus/envelope/write.ts'
import { HeaderTemplate, type OutHeader } from '../../src/bus/header-template.ts'
import { encodeBatch, NO_WRITER, type TimedRecord } from '../../src/bus/kafka/batch-encoder.ts'

const HEADERS = [
  ['ce_specversion', '1.0'],
  ['ce_id', ''],
  ['ce_source', '/gnmi/leaf-1'],
  ['ce_time', ''],
  ['content-type', 'application/json'],
] as const
const template = new HeaderTemplate(HEADERS, ['ce_id', 'ce_time'])
const listed = (id: string, time: string): OutHeader[] => [
  ['ce_specversion', '1.0'],
  ['ce_id', id],
  ['ce_source', '/gnmi/leaf-1'],
  ['ce_time', time],
  ['content-type', 'application/json'],
]

describe('headers of a template', () => {
  it('are those of a list with the values in their places, as often as one looks', () => {
    const [first, second] = [template.fill(['1-1', 'now']), template.fill(['1-2', 'later ü'])]
    for (let look = 0; look < 2; look++) {
      expect([...first]).to.deep.equal(listed('1-1', 'now'))
      expect([...second]).to.deep.equal(listed('1-2', 'later ü'))
    }
    expect([...new HeaderTemplate([], []).fill([])]).to.deep.equal([])
  })

  it('do not change with the list that the template was made of', () => {
    const list: Array<[string, string]> = [['a', '1']]
    const headers = new HeaderTemplate(list, []).fill([])
    list[0] = ['b', '2']
    expect([...headers]).to.deep.equal([['a', '1']])
  })

  it('are not lost on a record that is copied, whatever way', async () => {
    const record: TimedRecord = { key: 'k', value: 'v', timestamp: 1, headers: template.fill(['1-1', 'now']) }
    const { key, value, timestamp, headers } = record
    const copies: TimedRecord[] = [
      record,
      { ...record },
      { ...record, timestamp: 1 },
      Object.assign({} as TimedRecord, record),
      { key, value, timestamp, ...(headers && { headers }) },
      { ...record, headers: [...(headers ?? [])] },
    ]
    const plain: TimedRecord = { ...record, headers: listed('1-1', 'now') }
    for (const copy of copies) {
      const encoded = await encodeBatch([copy, copy], NO_WRITER, { name: 'none', codec: null })
      expect(encoded.equals(await encodeBatch([plain, plain], NO_WRITER, { name: 'none', codec: null }))).to.equal(true)
      expect(envelopeOf('t', copy as OutRecord, 1)).to.equal(envelopeOf('t', plain as OutRecord, 1))
    }
  })

  it('have blanks that are there, in their order', () => {
    for (const blanks of [['ce_time', 'ce_id'], ['ce_subject'], ['ce_id', 'ce_id']])
      expect(() => new HeaderTemplate(HEADERS, blanks)).to.throw(TypeError)
  })
})
