import { expect } from 'chai'
import { tableOf } from '../flink/differences.ts'
import { readExpressionFiles, readQueryCases } from './read.ts'

describe('the cases that a real Flink answered', () => {
  it('every expression has an answer, and none is asked twice', () => {
    for (const { topic, cases, table } of readExpressionFiles()) {
      expect(new Set(cases.map(({ sql }) => sql)).size, `${topic}: doubled`).to.equal(cases.length)
      for (const { sql, type, value, values, error } of cases) {
        const answered = error !== undefined || (type !== undefined && (table ? values : value) !== undefined)
        expect(answered, `${topic}: ${sql}`).to.equal(true)
      }
    }
  })

  it('every query has an answer, and a name of its own', () => {
    const cases = readQueryCases()
    expect(new Set(cases.map(({ id }) => id)).size).to.equal(cases.length)
    for (const { id, columns, refused, failed } of cases) {
      expect(columns.length > 0 || refused !== undefined || failed !== undefined, id).to.equal(true)
    }
  })

  it('are as many as the engine is measured by', () => {
    const expressions = readExpressionFiles().reduce((sum, { cases }) => sum + cases.length, 0)
    expect(expressions).to.be.at.least(1_000)
    expect(readQueryCases()).to.have.lengthOf.at.least(350)
  })

  it('a changelog leads to a table', () => {
    const row = (kind: string, value: number) => `{"kind":"${kind}","fields":[${value}]}`
    const changelog = [
      row('INSERT', 1),
      row('INSERT', 2),
      row('UPDATE_BEFORE', 1),
      row('UPDATE_AFTER', 3),
      row('INSERT', 2),
      row('DELETE', 2),
    ]
    expect(tableOf(changelog)).to.deep.equal([row('INSERT', 2), row('INSERT', 3)])
    expect(() => tableOf([row('DELETE', 1)])).to.throw('never inserted')
  })
})
