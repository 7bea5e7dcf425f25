import { expect } from 'chai'
import { QueryUnderTest } from '../../support/operators.ts'

const SECOND = 1000
/** Long enough for anything that grows to show. */
const ROWS = 3000
const TUMBLE = "TUMBLE(TABLE m, DESCRIPTOR(ts), INTERVAL '10' SECOND)"

/** The most that a step held while rows with ever new keys went through, one per 100 ms. */
function peak(query: QueryUnderTest, step: Parameters<QueryUnderTest['size']>[0], feed: (i: number) => void): number {
  let most = 0
  for (let i = 0; i < ROWS; i++) {
    feed(i)
    most = Math.max(most, query.size(step))
  }
  return most
}

/** What a step remembers stays as large as the time that it looks back on, however long it runs and however many keys there are. */
describe('query/operators: state is bounded', () => {
  const grouped: Array<[name: string, step: Parameters<QueryUnderTest['size']>[0], sql: string, most: number]> = [
    ['TUMBLE', 'windowAggregate', `SELECT k, COUNT(*) FROM TABLE(${TUMBLE}) GROUP BY k, window_start, window_end`, 101],
    [
      'HOP',
      'windowAggregate',
      "SELECT k, COUNT(*) FROM TABLE(HOP(TABLE m, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)) GROUP BY k, window_start, window_end",
      251,
    ],
    [
      'CUMULATE',
      'windowAggregate',
      "SELECT k, COUNT(*) FROM TABLE(CUMULATE(TABLE m, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '20' SECOND)) GROUP BY k, window_start, window_end",
      201,
    ],
    [
      'SESSION',
      'sessionAggregate',
      "SELECT k, COUNT(*) FROM TABLE(SESSION(TABLE m PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY k, window_start, window_end",
      101,
    ],
    ['SESSION rows', 'windowAssign', "SELECT * FROM TABLE(SESSION(TABLE m PARTITION BY k, DESCRIPTOR(ts), INTERVAL '10' SECOND))", 101],
    [
      'top-N of a window',
      'windowRank',
      `SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY v) AS rn FROM TABLE(${TUMBLE})) WHERE rn = 1`,
      2,
    ],
  ]
  for (const [name, step, sql, most] of grouped) {
    it(name, () => {
      const query = new QueryUnderTest(sql)
      expect(peak(query, step, (i) => query.m({ id: i, k: `k${i}`, v: i, ts: i * 100 }))).to.be.within(1, most)
      query.end()
      expect(query.size(step)).to.equal(0)
      expect(query.late).to.deep.equal([])
    })
  }

  it('ORDER BY the time keeps what the watermark has not passed', () => {
    const query = new QueryUnderTest('SELECT id FROM m ORDER BY ts')
    expect(peak(query, 'temporalSort', (i) => query.m({ id: i, ts: i * 100 }))).to.equal(0)
    expect(query.out).to.have.length(ROWS)
  })

  for (const type of ['JOIN', 'LEFT JOIN', 'FULL JOIN']) {
    it(`interval ${type}`, () => {
      const query = new QueryUnderTest(
        `SELECT a.id, b.id FROM m a ${type} o b ON a.k = b.k AND b.ts BETWEEN a.ts - INTERVAL '5' SECOND AND a.ts + INTERVAL '10' SECOND`,
      )
      const most = peak(query, 'intervalJoin', (i) => {
        query.m({ id: i, k: `k${i}`, ts: i * 100 })
        query.o({ id: i, k: `k${i}x`, ts: i * 100 })
      })
      // What has expired may stay for half of the bounds longer where nobody waits for it.
      expect(most).to.be.within(1, 2 * 250 + 2)
      query.end()
      expect(query.size('intervalJoin')).to.equal(0)
      expect(query.out).to.have.length(type === 'JOIN' ? 0 : type === 'LEFT JOIN' ? ROWS : 2 * ROWS)
    })
  }

  it('window join', () => {
    const side = (table: string) => `(SELECT * FROM TABLE(TUMBLE(TABLE ${table}, DESCRIPTOR(ts), INTERVAL '10' SECOND)))`
    const query = new QueryUnderTest(
      `SELECT L.id, R.id FROM ${side('m')} L JOIN ${side('o')} R ON L.k = R.k AND L.window_start = R.window_start AND L.window_end = R.window_end`,
    )
    const most = peak(query, 'windowJoin', (i) => {
      query.m({ id: i, k: 'a', ts: i * 100 })
      query.o({ id: i, k: 'b', ts: i * 100 })
    })
    expect(most).to.be.within(1, 202)
    expect(query.end().size('windowJoin')).to.equal(0)
  })

  it('temporal join forgets versions that nobody can ask for', () => {
    const versions = '(SELECT k, v, ts FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM o) WHERE rn = 1)'
    const query = new QueryUnderTest(`CREATE VIEW r AS ${versions.slice(1, -1)};
      SELECT m.id, r.v FROM m LEFT JOIN r FOR SYSTEM_TIME AS OF m.ts ON m.k = r.k`)
    for (let i = 0; i < ROWS; i++) {
      query.o({ id: i, k: 'a', v: i, ts: i * 100 })
      query.m({ id: i, k: 'a', ts: i * 100 })
    }
    const saved = query.operator('temporalJoin').save?.() as { waiting: unknown[]; versions: Array<[string, unknown[]]> }
    expect(saved.waiting.length).to.be.below(3)
    expect(saved.versions).to.have.length(1)
    expect(saved.versions[0]?.[1].length).to.be.below(4)
  })

  it('OVER with a beginning keeps the rows of its frame', () => {
    for (const frame of ["RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND CURRENT ROW", 'ROWS BETWEEN 49 PRECEDING AND CURRENT ROW']) {
      const query = new QueryUnderTest(`SELECT id, SUM(n) OVER (PARTITION BY k ORDER BY ts ${frame}) AS s FROM m`)
      for (let i = 0; i < ROWS; i++) query.m({ id: i, k: 'a', n: 1, ts: i * 100 })
      query.end()
      const saved = query.operator('over').save?.() as { waiting: unknown[]; partitions: Array<[string, unknown, unknown[]]> }
      expect(saved.waiting).to.deep.equal([])
      expect(saved.partitions[0]?.[2].length).to.be.within(50, 51)
      expect(query.out.at(-1)).to.match(/,5[01]\]$/)
    }
  })

  const forgotten: Array<[name: string, step: Parameters<QueryUnderTest['size']>[0], sql: string]> = [
    ['groups', 'groupAggregate', 'SELECT k, COUNT(*) FROM m GROUP BY k'],
    [
      'last rows',
      'deduplicate',
      'SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts DESC) AS rn FROM m) WHERE rn = 1',
    ],
    ['top-N', 'rank', 'SELECT id FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY v DESC) AS rn FROM m) WHERE rn <= 2'],
    ['OVER by a value', 'sortedOver', 'SELECT id, SUM(n) OVER (PARTITION BY k ORDER BY v) AS s FROM m'],
    ['a join', 'join', 'SELECT a.id FROM m a JOIN o b ON a.k = b.k'],
  ]
  for (const [name, step, sql] of forgotten) {
    it(`${name}: forgotten after the time to live, kept for ever without`, () => {
      const feed = (query: QueryUnderTest) =>
        peak(query, step, (i) => {
          query.m({ id: i, k: `k${i}`, v: i, n: 1, ts: i * 100 })
          query.o({ id: i, k: `k${i}y`, ts: i * 100 })
        })
      const sides = step === 'join' ? 2 : 1
      expect(feed(new QueryUnderTest(sql, "SET 'table.exec.state.ttl' = '10 s';"))).to.be.within(1, sides * 112)
      expect(feed(new QueryUnderTest(sql))).to.equal(sides * ROWS)
    })
  }

  it('what is touched lives on', () => {
    const query = new QueryUnderTest('SELECT k, COUNT(*) FROM m GROUP BY k', "SET 'table.exec.state.ttl' = '10 s';")
    for (let i = 0; i < 100; i++) query.m({ k: 'a', ts: i * SECOND })
    expect(query.out.at(-1)).to.equal('+U["a",100]')
    query
      .m({ k: 'b', ts: 150 * SECOND })
      .m({ k: 'b', ts: 151 * SECOND })
      .m({ k: 'a', ts: 152 * SECOND })
    expect(query.out.at(-1)).to.equal('+["a",1]')
  })
})
