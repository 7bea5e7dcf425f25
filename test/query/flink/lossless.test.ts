import { expect } from 'chai'
import { type FlinkRow, type FlinkValue, jsonText, parseLossless, rowText } from '../../../src/query/flink/lossless.ts'

describe('values of the SQL gateway', () => {
  it('keep the text of every number', async () => {
    const text = '[9223372036854775807,0.10,1.0E10,-0.0,1E+2,"NaN",null,true,{"a":[1.50]},[]]'
    expect(jsonText((await parseLossless(text)) as FlinkValue)).to.equal(text)
  })

  it('come as one line a row', async () => {
    const row = (await parseLossless('{"kind":"UPDATE_AFTER","fields":["é\\n",12345678901234567890]}')) as FlinkRow
    expect(rowText(row)).to.equal('{"kind":"UPDATE_AFTER","fields":["é\\n",12345678901234567890]}')
  })
})
