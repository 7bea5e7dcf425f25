/** A recorded case that we answer otherwise than Flink, on purpose. */
export interface Exception {
  readonly reason: string
  /** What we give, as the case compares it (its `order`). */
  readonly rows: readonly string[]
  /** Lines that go to the dead letters: `line: reason`. */
  readonly bad?: readonly string[]
}

const row = (fields: string, kind = 'INSERT'): string => `{"kind":"${kind}","fields":${fields}}`
/** Of a case that compares the table that a changelog leads to. */
const line = (fields: string): string => `"fields":${fields}}`

const DEAD_LETTERS = 'a record that cannot be read goes to the dead letters, and the query goes on: in Flink it fails the job, or vanishes'
const INSTANT = 'TIMESTAMP_LTZ is printed as the instant that it is: Flink prints the local time with a Z'
const MERGE =
  'Flink cannot merge FIRST_VALUE, LAST_VALUE, SUM(DISTINCT), AVG(DISTINCT) or JSON_ARRAYAGG over the slices of a window, and refuses: we can'
const ORDER =
  'LISTAGG and ARRAY_AGG put the earliest slice of a HOP window first: SQL says nothing of the order, and in Flink the latest is first'
const LATERAL = 'Flink cannot plan it: a LATERAL query with a LIMIT above 1, or in a LEFT JOIN'

/** The ids in each window of planner-merge.yaml's HOP cases. */
const HOP_IDS = [[1, 2, 3], [1, 2, 3, 4], [1, 2, 3, 4, 5, 6], [4, 5, 6, 7], [5, 6, 7], [7, 8], [8], [8]]
const hop = (text: (ids: readonly number[]) => string): string[] =>
  HOP_IDS.map((ids, i) => row(`["2026-01-01T00:00:${String(5 * (i + 1)).padStart(2, '0')}",${text(ids)}]`))

/** By case; docs/sql.md names them under "Differences from Flink". What differs and is not here is a failure, and so is what differs no longer. */
export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'json/broken-lines-are-dropped': {
    reason: `${DEAD_LETTERS}. A line with text behind its object is one of them: half a record may be missing there`,
    rows: [row('[1,"good"]'), row('[4,"good"]')],
    bad: [2, 3, 4, 5, 6, 7, 8].map((n) => `${n}: not a JSON object`),
  },
  'json/bad-line-fails': { reason: DEAD_LETTERS, rows: [row('[1,"a"]')], bad: ['2: not a JSON object'] },
  'json/wrong-type-fails': { reason: DEAD_LETTERS, rows: [], bad: ['1: id is no INT: "x"'] },
  'json/missing-field-fails': { reason: DEAD_LETTERS, rows: [], bad: ['1: s is missing'] },
  'json/not-null-column': {
    reason: `${DEAD_LETTERS}. NULL in a column that is NOT NULL is noticed as the record is read`,
    rows: [row('[1,"a"]')],
    bad: ['2: s is NULL, and its column is NOT NULL'],
  },
  'windows/null-time-fails': { reason: DEAD_LETTERS, rows: [row('["2026-01-01T00:00:00",1]')], bad: ['2: the row time is NULL'] },
  'json/duplicate-fields': {
    reason: 'of two members of one name the last counts: Flink takes what it reads for the next field and gives NULL',
    rows: [row('[2,"b"]')],
  },
  'select/statement-set-of-settings': {
    reason: INSTANT,
    rows: [row('[1,"2026-01-01 00:00:01.000","2025-12-31T23:00:01Z"]')],
  },
  'windows/ltz-rowtime': {
    reason: INSTANT,
    rows: [
      row('["2026-03-29T00:00:00","2026-03-30T00:00:00","2026-03-29T21:59:59.999Z",2]'),
      row('["2026-03-30T00:00:00","2026-03-31T00:00:00","2026-03-30T21:59:59.999Z",2]'),
    ],
  },
  'windows/negative-time': {
    reason: 'before 1970 rows can be late too: the watermark of a window begins at 0 in Flink, so that none is',
    rows: [row('["1969-12-31T23:59:50","1970-01-01T00:00:00",1]'), row('["1970-01-01T00:00:00","1970-01-01T00:00:10",1]')],
  },
  'over/lag-default': {
    reason:
      'where the value before is NULL so is LAG: with a default Flink takes the column for NOT NULL, and gives a value that was never there',
    rows: ['[1,-5.0]', '[10,null]', '[2,3.0]', '[3,1.0]', '[4,-5.0]', '[5,3.0]', '[6,-5.0]', '[7,3.5]', '[8,10.0]'].map((each) =>
      row(each),
    ),
  },
  'planner/over-value-rank': {
    reason: 'rows that tie have the rank of the first of them: Flink gives them that of the last where the order is no time',
    rows: [
      ...['[1,1]', '[2,2]', '[3,1]', '[4,3]', '[5,2]', '[6,1]'].map((each) => row(each)),
      row('[1,1]', 'UPDATE_BEFORE'),
      row('[1,2]', 'UPDATE_AFTER'),
      row('[2,2]', 'UPDATE_BEFORE'),
      row('[2,3]', 'UPDATE_AFTER'),
      row('[4,3]', 'UPDATE_BEFORE'),
      row('[4,4]', 'UPDATE_AFTER'),
      row('[7,1]'),
      row('[8,2]'),
      row('[5,2]', 'UPDATE_BEFORE'),
      row('[5,3]', 'UPDATE_AFTER'),
      row('[9,4]'),
      row('[10,4]'),
    ],
  },
  'joins/lateral-correlated': {
    reason: 'NULL = NULL is not true, so a key that is NULL has no partner: Flink leaves the comparison out where both sides are one table',
    rows: [line('["a",30]'), line('["b",70]'), line('["c",50]')],
  },
  'planner-joins/lateral-aggregate': {
    reason: 'COUNT of no rows is 0, so a row without partners has one: Flink loses it',
    rows: ['[101,3]', '[102,2]', '[103,3]', '[104,0]', '[105,0]', '[106,3]'].map(line),
  },
  'planner-joins/lateral-top-n': { reason: LATERAL, rows: ['["a",1,10]', '["a",3,30]', '["b",2,20]', '["b",7,70]'].map(line) },
  'planner-joins/lateral-left-join': {
    reason: LATERAL,
    rows: ['[101,30]', '[102,70]', '[103,30]', '[104,null]', '[105,null]', '[106,30]'].map(line),
  },
  'planner/hop-distinct-merge': {
    reason: MERGE,
    rows: [
      row('["2026-01-01T00:00:05",2,7,2.0,1,"a,b"]'),
      row('["2026-01-01T00:00:10",3,10,2.6666666666666665,2,"a,b"]'),
      row('["2026-01-01T00:00:15",4,17,1.375,2,"a,b"]'),
      row('["2026-01-01T00:00:20",4,16,1.125,2,"b,a"]'),
      row('["2026-01-01T00:00:25",4,19,2.375,1,"b,a,c"]'),
      row('["2026-01-01T00:00:30",3,12,3.6666666666666665,0,"c,a"]'),
      row('["2026-01-01T00:00:35",2,11,5.25,0,"c,a"]'),
      row('["2026-01-01T00:00:40",1,5,1.5,0,"a"]'),
    ],
  },
  'planner/hop-first-last-merge': {
    reason: MERGE,
    rows: [
      row('["2026-01-01T00:00:05",1,3,1.5,9007199254740993,112345678901234567890.12,3,"a|b|a"]'),
      row('["2026-01-01T00:00:10",1,4,1.5,9007199254740993,112345678901234567890.12,3,"a|b|a"]'),
      row('["2026-01-01T00:00:15",1,6,-2.5,9223372036854775807,124691357802469135780.23,4,"a|b|a|b|a"]'),
      row('["2026-01-01T00:00:20",4,7,-2.5,9223372036854775807,12345678901234567891.11,4,"b|a"]'),
      row('["2026-01-01T00:00:25",5,10,-2.5,9223372036854775807,12345678901234567893.61,4,"b|a|c"]'),
      row('["2026-01-01T00:00:30",7,8,0.5,9007199254740993,5.5,4,"c|a"]'),
      row('["2026-01-01T00:00:35",10,8,1.5,9007199254740993,4.5,5,"c|a"]'),
      row('["2026-01-01T00:00:40",8,8,1.5,9007199254740993,2,5,"a"]'),
    ],
  },
  'planner/cumulate-distinct-merge': {
    reason: MERGE,
    rows: [
      ...['"2026-01-01T00:00:05","a",2,3,7', '"2026-01-01T00:00:05","b",0,2,null', '"2026-01-01T00:00:10","a",2,3,7'],
      ...['"2026-01-01T00:00:10","b",0,2,null', '"2026-01-01T00:00:10",null,1,4,3', '"2026-01-01T00:00:15","a",2,6,12'],
      ...['"2026-01-01T00:00:15","b",1,5,7', '"2026-01-01T00:00:15",null,1,4,3', '"2026-01-01T00:00:20","a",2,6,12'],
      ...['"2026-01-01T00:00:20","b",1,5,7', '"2026-01-01T00:00:20",null,2,7,4'],
    ]
      .map((each) => row(`["2026-01-01T00:00:00",${each}]`))
      .concat(
        [
          ...['"2026-01-01T00:00:25","c",1,10,6', '"2026-01-01T00:00:30","a",1,8,5', '"2026-01-01T00:00:30","c",1,10,6'],
          ...['"2026-01-01T00:00:35","a",1,8,5', '"2026-01-01T00:00:35","c",1,10,6', '"2026-01-01T00:00:40","a",1,8,5'],
          '"2026-01-01T00:00:40","c",1,10,6',
        ].map((each) => row(`["2026-01-01T00:00:20",${each}]`)),
      ),
  },
  'planner-merge/hop-listagg-order': { reason: ORDER, rows: hop((ids) => `"${ids.join('-')}"`) },
  'planner-merge/hop-array-agg-order': { reason: ORDER, rows: hop((ids) => `[${ids.join(',')}]`) },
  'planner-merge/hop-json-arrayagg-order': { reason: MERGE, rows: hop((ids) => `"[${ids.join(',')}]"`) },
  'planner/session-merge-distinct': {
    reason: MERGE,
    rows: [row('["2026-01-01T00:00:01","2026-01-01T00:00:16",4,1,4.0,6]'), row('["2026-01-01T00:00:19","2026-01-01T00:00:29",3,7,9.0,3]')],
  },
}
