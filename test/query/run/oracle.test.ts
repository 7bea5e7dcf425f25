import { expect } from 'chai'
import { runScript } from '../../support/query.ts'
import { readQueryCases } from '../cases/read.ts'

/** Every query case answered by a real Flink (test/query/cases/README.md): this engine gives the same changelog. */
describe('query: what Flink answers', () => {
  for (const each of readQueryCases()) {
    it(each.id, async () => {
      if (each.refused !== undefined || each.failed !== undefined) {
        const answered = await runScript(each.script, each.inputs).then(
          ({ rows }) => rows,
          () => undefined,
        )
        expect(answered, `Flink: ${each.refused ?? each.failed}`).to.equal(undefined)
        return
      }
      const { rows, columns } = await runScript(each.script, each.inputs)
      const ordered = (lines: readonly string[]) => (each.order === 'multiset' ? [...lines].sort() : [...lines])
      expect(ordered(rows)).to.deep.equal(ordered(each.rows))
      expect(columns).to.deep.equal(each.columns)
    })
  }
})
