import { isDeepStrictEqual } from 'node:util'
import { expect } from 'chai'
import { runScript } from '../../support/query.ts'
import { readQueryCases } from '../cases/read.ts'
import { EXCEPTIONS } from './exceptions.ts'

/** What of a changelog is compared: all; its rows in any order; the table that it leads to. */
const SEEN = {
  exact: (rows: readonly string[]) => [...rows],
  multiset: (rows: readonly string[]) => [...rows].sort(),
  table: (rows: readonly string[]) => tableOf(rows),
}

function tableOf(rows: readonly string[]): string[] {
  const table: string[] = []
  for (const row of rows) {
    const fields = row.slice(row.indexOf('"fields"'))
    if (row.startsWith('{"kind":"INSERT"') || row.startsWith('{"kind":"UPDATE_AFTER"')) table.push(fields)
    else {
      const at = table.indexOf(fields)
      if (at < 0) throw new Error(`${row} takes back what is not there`)
      table.splice(at, 1)
    }
  }
  return table.sort()
}

/** Every query case answered by a real Flink (test/query/cases/README.md): this engine gives the same changelog. */
describe('query: what Flink answers', () => {
  const cases = readQueryCases()
  for (const each of cases) {
    const exception = EXCEPTIONS[each.id]
    if (exception) {
      it(`${each.id}: not as Flink`, async () => {
        const { rows, bad } = await runScript(each.script, each.inputs)
        const seen = SEEN[each.order]
        expect(seen(rows), exception.reason).to.deep.equal([...exception.rows])
        expect(bad).to.deep.equal(exception.bad ?? [])
        const same = each.refused === undefined && each.failed === undefined && isDeepStrictEqual(seen(rows), seen(each.rows))
        expect(same, 'as Flink: it is no exception any more').to.equal(false)
      })
      continue
    }
    it(each.id, async () => {
      if (each.refused !== undefined || each.failed !== undefined) {
        const answered = await runScript(each.script, each.inputs).then(
          ({ rows }) => rows,
          () => undefined,
        )
        expect(answered, `Flink: ${each.refused ?? each.failed}`).to.equal(undefined)
        return
      }
      const { rows, columns, bad } = await runScript(each.script, each.inputs)
      const seen = SEEN[each.order]
      expect(seen(rows)).to.deep.equal(seen(each.rows))
      expect(columns).to.deep.equal(each.columns)
      if (!each.script.includes('ignore-parse-errors')) expect(bad, 'no record was left out').to.deep.equal([])
    })
  }

  it('has no exception for a case that is not there', () => {
    expect(Object.keys(EXCEPTIONS).filter((id) => !cases.some((each) => each.id === id))).to.deep.equal([])
  })
})
