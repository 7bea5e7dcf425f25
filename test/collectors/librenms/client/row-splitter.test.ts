import { expect } from 'chai'
import fc from 'fast-check'
import { BrokenBody, RowSplitter } from '../../../../src/collectors/librenms/client/row-splitter.ts'

function split(text: string, cuts: readonly number[] = []): { rows: unknown[]; envelope: unknown } {
  const bytes = Buffer.from(text)
  const splitter = new RowSplitter()
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  const rows: unknown[] = []
  for (const [i, place] of [0, ...places].entries()) rows.push(...splitter.push(bytes.subarray(place, places[i] ?? bytes.length)))
  return { rows, envelope: splitter.envelope() }
}

const kindOf = (text: string): string => {
  try {
    split(text)
  } catch (error) {
    if (error instanceof BrokenBody) return error.kind
    throw error
  }
  return 'good'
}

describe('RowSplitter', () => {
  it('gives every row and what is around them, whatever stands in them and wherever the chunks are cut', () => {
    // Numbers of so many digits become text: below.
    const row = fc.dictionary(fc.string(), fc.jsonValue()).filter((value) => !/__proto__|\d{16}/.test(JSON.stringify(value)))
    const cuts = fc.array(fc.nat(), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), cuts, fc.boolean(), (rows, at, pretty) => {
        const text = JSON.stringify({ status: 'ok', devices: rows, count: rows.length }, null, pretty ? 4 : undefined)
        const whole = JSON.parse(text) as { devices: unknown[]; count: number }
        expect(split(text, at)).to.deep.equal({ rows: whole.devices, envelope: { status: 'ok', devices: [], count: whole.count } })
      }),
    )
  })

  it('takes rows out of double arrays and bare arrays, and leaves objects keyed by id in the envelope', () => {
    expect(split('{"services":[[{"a":1},{"a":2}],[{"a":3}]]}')).to.deep.equal({
      rows: [{ a: 1 }, { a: 2 }, { a: 3 }],
      envelope: { services: [[], []] },
    })
    expect(split('\uFEFF \n[{"a":1}]')).to.deep.equal({ rows: [{ a: 1 }], envelope: [] })
    expect(split('{"components":{"7":{"x":[{"y":1}]}},"ids":[1,2]}')).to.deep.equal({
      rows: [],
      envelope: { components: { 7: { x: [{ y: 1 }] } }, ids: [1, 2] },
    })
  })

  it('keeps 64-bit integers as text, and digits in text as they are', () => {
    const text =
      '{"ports":[{"o":18446744073709551615,"n":-9007199254740993,"s":"say \\"18446744073709551615\\"","d":0.1234567890123456,"m":9007199254740991}]}'
    expect(split(text).rows).to.deep.equal([
      { o: '18446744073709551615', n: '-9007199254740993', s: 'say "18446744073709551615"', d: 0.1234567890123456, m: 9007199254740991 },
    ])
  })

  it('tells web pages, empty and cut-off bodies apart', () => {
    expect(kindOf('')).to.equal('empty')
    expect(kindOf(' \n')).to.equal('empty')
    expect(kindOf('<!DOCTYPE html><html></html>')).to.equal('html')
    expect(kindOf('{"devices":[{"a":1},{"a"')).to.equal('truncated')
    expect(kindOf('{"devices":[{"a":1}')).to.equal('truncated')
    expect(kindOf('{"devices":[{"a" 1}]}')).to.equal('malformed')
    expect(kindOf('{"devices":[{"a":1}] "count":1}')).to.equal('malformed')
    expect(kindOf('pong')).to.equal('malformed')
  })

  it('finds every cut of a body', () => {
    const text = '{"status":"ok","devices":[{"a":"x"},{"a":[1,{"b":"]}"}]}],"count":2}'
    for (let end = 0; end < text.length; end++) expect(kindOf(text.slice(0, end))).to.be.oneOf(['empty', 'truncated'])
  })
})
