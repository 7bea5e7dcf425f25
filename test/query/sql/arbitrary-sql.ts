import fc from 'fast-check'
import type { Expression, Pattern, Query, Statement, TableExpression } from '../../../src/query/sql/ast.ts'

/**
 * Trees without places, of every kind of node and all its forms, as the parser gives them: what it never gives (a query in parentheses that
 * has nothing of its own, a row where GROUP BY has a grouping set) is not made. `any` inside, since the parts are put together without `at`.
 */
type Tree = fc.Arbitrary<unknown>

const list = (item: Tree, minLength = 0, maxLength = 3) => fc.array(item, { minLength, maxLength })
const node = (kind: string, fields: Record<string, Tree>, optional: Record<string, Tree> = {}): Tree =>
  fc.record({ kind: fc.constant(kind), ...fields, ...optional }, { requiredKeys: ['kind', ...Object.keys(fields)] as never })
const flag = fc.boolean()
const oneOf = (...values: string[]) => fc.constantFrom(...values)
const just = <T>(value: T) => fc.constant(value)
const none = just([])

const NAMES = 'a b c t x1 _y Value order count MAP key final First LAST session level type week metadata Default'.split(' ')
const identifier = node('identifier', {
  name: fc.oneof(oneOf(...NAMES, 'a`b', 'x y', '1a', 'é', '$', 'from', "it's"), fc.string({ minLength: 1, maxLength: 4 })),
})
const identifiers = (minLength = 0) => list(identifier, minLength)
const name = node('name', { parts: list(identifier, 1) })
const functionName = node('name', {
  parts: list(node('identifier', { name: oneOf('f', 'COUNT', 'sum', 'listagg', 'TUMBLE', 'LAST', 'left', 'my f') }), 1, 1),
})
// Aggregates are no tables.
const tableFunctionName = node('name', { parts: list(node('identifier', { name: oneOf('f', 'TUMBLE', 'HOP', 'my f', 'from') }), 1, 1) })
const text = fc.oneof(fc.string({ maxLength: 6 }), oneOf("'", "a''b", '-- x', '*/', ';', '\n', '\\', '`'))
const digits = fc.nat({ max: 99 })

const number = fc.oneof(
  node('number', { text: oneOf('0', '12', '1.50', '.5', '1.'), approximate: just(false) }),
  node('number', { text: oneOf('1e5', '1.5E-3'), approximate: just(true) }),
)
const string = node('string', { value: text })
const qualifier = fc.oneof(
  node('intervalQualifier', { from: oneOf('YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND') }, { precision: digits }),
  node('intervalQualifier', { from: oneOf('DAY', 'HOUR', 'MINUTE'), to: just('SECOND') }, { precision: digits, fraction: digits }),
  node('intervalQualifier', { from: just('YEAR'), to: just('MONTH') }, { precision: digits }),
  node('intervalQualifier', { from: just('SECOND'), precision: digits, fraction: digits }),
)
const interval = node('interval', { negative: flag, text, qualifier })
const literal = fc.oneof(
  number,
  string,
  interval,
  node('binary', { hex: oneOf('', '00', '0AFF') }),
  node('boolean', { value: fc.constantFrom(true, false, null) }),
  node('null', {}),
  node('temporal', { type: oneOf('DATE', 'TIME', 'TIMESTAMP', 'TIMESTAMP_LTZ'), text }),
)
const column = node('column', { parts: list(identifier, 1) })
const units = oneOf('SECOND', 'DAY', 'DOW', 'EPOCH', 'WEEK')

const { type } = fc.letrec((tie) => {
  const inner = tie('type')
  const field = node('rowField', { name: identifier, type: inner }, { comment: text })
  const simple = (names: string[], numbers: Record<string, Tree> = {}) =>
    node('simpleType', { name: oneOf(...names), notNull: flag, ...numbers })
  return {
    type: fc.oneof(
      { depthSize: 'xsmall', withCrossShrink: true },
      simple(
        'BOOLEAN TINYINT SMALLINT INT BIGINT FLOAT DOUBLE DECIMAL CHAR STRING BYTES DATE TIME TIMESTAMP TIMESTAMP_LTZ VARIANT'.split(' '),
      ),
      simple(['DECIMAL', 'VARCHAR', 'BINARY', 'VARBINARY', 'TIME', 'TIMESTAMP', 'TIMESTAMP_LTZ'], { precision: digits }),
      simple(['DECIMAL'], { precision: digits, scale: digits }),
      node('intervalType', { qualifier, notNull: flag }),
      node('arrayType', { element: inner, notNull: flag }),
      node('multisetType', { element: inner, notNull: flag }),
      node('mapType', { key: inner, value: inner, notNull: flag }),
      node('rowType', { fields: list(field), notNull: flag }),
      node('structuredType', { className: text, fields: list(field), notNull: flag }),
      node('rawType', { className: text, snapshot: text, notNull: flag }),
      node('namedType', { name, notNull: flag }),
    ),
  }
})

interface Trees {
  expression: unknown
  call: unknown
  query: unknown
  body: unknown
  table: unknown
  pattern: unknown
}

const trees = fc.letrec<Trees>((tie) => {
  const expression = tie('expression')
  const query = tie('query')
  const call = tie('call')
  const comparison = oneOf('=', '<>', '<', '<=', '>', '>=')
  // A list of one sub-query is a query.
  const set = fc.oneof(query, fc.tuple(literal, expression), fc.tuple(column))
  const sortItem = node('sortItem', { expression, descending: flag }, { nulls: oneOf('FIRST', 'LAST') })
  const orderBy = list(sortItem, 0, 2)
  const bound = fc.oneof(
    node('bound', { type: oneOf('UNBOUNDED PRECEDING', 'CURRENT ROW', 'UNBOUNDED FOLLOWING') }),
    node('bound', { type: oneOf('PRECEDING', 'FOLLOWING'), offset: expression }),
  )
  const frame = node('frame', { units: oneOf('ROWS', 'RANGE'), start: bound, end: bound })
  const window = node('window', { partitionBy: list(expression), orderBy }, { base: identifier, frame })
  const tail = { withinGroup: fc.oneof(none, list(sortItem, 1)), orderBy: none }
  const tails = { nulls: oneOf('IGNORE', 'RESPECT'), filter: expression, over: fc.oneof(identifier, window) }
  const tableArgument = node('tableArgument', { table: name, partitionBy: list(expression, 0, 2), orderBy })
  const queryArgument = node('tableArgument', { table: query, partitionBy: list(expression, 1, 2), orderBy })
  const descriptor = node('descriptor', { columns: identifiers(1) })
  const value = fc.oneof(expression, tableArgument, queryArgument, descriptor, node('default', {}))
  const argument = fc.oneof(value, node('namedArgument', { name: identifier, value }), node('star', {}, { qualifier: name }))
  const fallback = fc.oneof(
    node('jsonFallback', { type: oneOf('NULL', 'ERROR') }),
    node('jsonFallback', { type: just('DEFAULT'), value: expression }),
  )
  const queryFallback = oneOf('NULL', 'ERROR', 'EMPTY ARRAY', 'EMPTY OBJECT')
  const entry = node('jsonEntry', { key: expression, value: expression })
  const onNull = oneOf('NULL', 'ABSENT')
  const path = { input: expression, path: expression }
  const branch = (most: number) => node('caseBranch', { when: list(expression, 1, most), result: expression })
  const rowOf = (least: number) => node('row', { items: list(expression, least) })
  const grouped = fc.oneof(column, call)
  const groupingSet = fc.oneof(node('groupingSet', { items: none }), node('groupingSet', { items: list(expression, 2) }), grouped)
  const groupItem = fc.oneof(
    grouped,
    groupingSet,
    node('groupingSets', { sets: list(groupingSet, 1) }),
    node('rollup', { items: list(groupingSet, 1) }),
    node('cube', { items: list(groupingSet, 1) }),
  )
  const groupBy = node('groupBy', { distinct: flag, items: list(groupItem, 1) })
  const hintArgument = node('hintArgument', { value: fc.oneof(string, number, identifier) }, { key: text })
  const hints = list(node('hint', { name: identifier, arguments: list(hintArgument) }), 0, 2)
  const items = list(fc.oneof(node('selectItem', { expression }, { alias: identifier }), node('star', {}, { qualifier: name })), 1)
  const limit = node('number', { text: digits.map(String), approximate: just(false) })
  const plain = { with: none, orderBy: none }
  const commonTable = node('commonTable', { name: identifier, columns: identifiers(), query })
  const pattern = tie('pattern')
  const alias = { alias: node('alias', { name: identifier, columns: identifiers() }) }
  const table = tie('table')
  const join = { left: table, right: table }
  const noUsing = { using: none }
  const times = fc
    .tuple(digits, fc.option(digits, { nil: undefined }))
    .map(([min, more]) => (more === undefined ? { min } : { min, max: min + more }))
  const repeat = fc
    .tuple(pattern, times, flag)
    .map(([operand, time, reluctant]) => ({ kind: 'patternRepeat', operand, ...time, reluctant }))
  const after = fc.oneof(
    node('afterMatch', { skip: oneOf('NEXT ROW', 'PAST LAST ROW') }),
    node('afterMatch', { skip: oneOf('FIRST', 'LAST'), variable: identifier }),
  )
  const withOwn = fc.oneof(
    node('query', { with: list(commonTable, 1, 2), body: tie('body'), orderBy }, { limit, offset: limit }),
    node('query', { with: none, body: tie('body'), orderBy: list(sortItem, 1, 2) }, { limit, offset: limit }),
    node('query', { ...plain, body: tie('body'), limit }),
    node('query', { ...plain, body: tie('body'), offset: limit }),
  )
  return {
    call: fc.oneof(
      node('call', { name: functionName, distinct: just(false), arguments: list(argument), ...tail }, tails),
      node('call', { name: functionName, distinct: flag, arguments: list(argument, 1), ...tail }, tails),
      node('call', { name: functionName, distinct: flag, arguments: list(column, 1), ...tail, orderBy: list(sortItem, 1, 2) }),
      node('call', { name, distinct: just(false), arguments: list(expression), ...tail }),
      node('call', {
        name: node('name', {
          parts: list(node('identifier', { name: oneOf('FLOOR', 'CEIL', 'SUBSTRING', 'floor', 'user', 'CEILING') }), 1, 1),
        }),
        distinct: flag,
        arguments: list(column, 1),
        ...tail,
        withinGroup: none,
      }),
    ),
    expression: fc.oneof(
      { depthSize: 'xsmall', withCrossShrink: true },
      literal,
      column,
      call,
      node('operation', {
        operator: oneOf('+', '-', '*', '/', '%', '||', '=', '<>', '<', '<=', '>', '>=', 'AND', 'OR', 'OVERLAPS', 'MEMBER OF'),
        left: expression,
        right: expression,
      }),
      node('unary', { operator: oneOf('-', '+', 'NOT'), operand: expression }),
      node('is', {
        operand: expression,
        negated: flag,
        test: oneOf('NULL', 'TRUE', 'FALSE', 'UNKNOWN', 'JSON VALUE', 'JSON OBJECT', 'JSON ARRAY', 'JSON SCALAR'),
      }),
      node('isDistinct', { left: expression, right: expression, negated: flag }),
      node('between', { operand: expression, low: expression, high: expression, symmetric: flag, negated: flag }),
      node('in', { operand: expression, set, negated: flag }),
      node('quantified', { operand: expression, set, operator: comparison, quantifier: oneOf('ANY', 'ALL') }),
      node(
        'textMatch',
        { operand: expression, pattern: expression, operator: oneOf('LIKE', 'SIMILAR TO'), negated: flag },
        { escape: expression },
      ),
      node('exists', { query }),
      node('subquery', { query }),
      node('case', { branches: list(branch(1), 1) }, { else: expression }),
      node('case', { operand: expression, branches: list(branch(2), 1) }, { else: expression }),
      node('cast', { safe: flag, operand: expression, type }),
      node('field', { operand: expression, field: identifier }),
      node('element', { operand: expression, index: expression }),
      node('intervalOf', { value: expression, qualifier: node('intervalQualifier', { from: oneOf('DAY', 'SECOND') }) }),
      node('systemValue', { name: oneOf('CURRENT_DATE', 'CURRENT_TIMESTAMP', 'LOCALTIME', 'USER', 'CURRENT_PATH') }, { precision: digits }),
      node('extract', { unit: units, operand: expression }),
      node('roundToUnit', { direction: oneOf('FLOOR', 'CEIL'), operand: expression, unit: units }),
      node('position', { part: expression, text: expression }, { from: expression }),
      node('trim', { side: oneOf('BOTH', 'LEADING', 'TRAILING'), text: expression }, { characters: expression }),
      node('overlay', { text: expression, by: expression, from: expression }, { for: expression }),
      node('timestampAdd', { unit: units, count: expression, time: expression }),
      node('timestampDiff', { unit: units, from: expression, to: expression }),
      node('jsonExists', path, { onError: oneOf('TRUE', 'FALSE', 'UNKNOWN', 'ERROR') }),
      node('jsonValue', path, { returning: type, onEmpty: fallback, onError: fallback }),
      node('jsonQuery', path, {
        returning: type,
        wrapper: oneOf('WITHOUT', 'CONDITIONAL', 'UNCONDITIONAL'),
        onEmpty: queryFallback,
        onError: queryFallback,
      }),
      node('jsonObject', { entries: list(entry) }, { onNull }),
      node('jsonArray', { items: list(expression) }, { onNull }),
      node('jsonObjectAgg', { entry }, { onNull }),
      node('jsonArrayAgg', { item: expression, orderBy }, { onNull }),
      rowOf(1),
      node('array', { items: list(expression) }),
      node('arrayQuery', { query }),
      node('map', { entries: list(node('mapEntry', { key: expression, value: expression })) }),
      node('matchSemantics', {
        semantics: oneOf('FINAL', 'RUNNING'),
        operand: node('call', {
          name: node('name', { parts: just([{ kind: 'identifier', name: 'LAST' }]) }),
          distinct: just(false),
          arguments: list(expression),
          ...tail,
        }),
      }),
    ),
    body: fc.oneof(
      { depthSize: 'xsmall', withCrossShrink: true },
      node('select', { hints, distinct: flag, items, windows: none }),
      node(
        'select',
        { hints, distinct: flag, items, from: table, windows: list(node('namedWindow', { name: identifier, window }), 0, 2) },
        { where: expression, groupBy, having: expression, qualify: expression },
      ),
      node('values', { rows: list(rowOf(1), 1) }),
      node('tableQuery', { table: name }),
      node('setOperation', { operator: oneOf('UNION', 'INTERSECT', 'EXCEPT'), all: flag, left: tie('body'), right: tie('body') }),
      withOwn,
    ),
    query: fc.oneof(
      // The body alone, unless it is a query itself.
      node('query', { ...plain, body: tie('body').filter((body) => (body as { kind: string }).kind !== 'query') }),
      withOwn,
    ),
    table: fc.oneof(
      { depthSize: 'xsmall', withCrossShrink: true },
      node('table', { name, hints }, { systemTime: expression, ...alias }),
      node('derivedTable', { lateral: flag, query }, alias),
      node(
        'tableFunction',
        {
          lateral: flag,
          call: node('call', {
            name: tableFunctionName,
            distinct: just(false),
            arguments: list(argument),
            orderBy: none,
            withinGroup: none,
          }),
        },
        alias,
      ),
      node('unnest', { operands: list(expression, 1), ordinality: flag }, alias),
      node('join', { type: oneOf('CROSS', 'COMMA'), natural: just(false), ...join, ...noUsing }),
      node('join', { type: oneOf('INNER', 'LEFT', 'RIGHT', 'FULL'), natural: just(true), ...join, ...noUsing }),
      node('join', { type: oneOf('INNER', 'LEFT', 'RIGHT', 'FULL'), natural: just(false), ...join, on: expression, ...noUsing }),
      node('join', { type: oneOf('INNER', 'LEFT', 'RIGHT', 'FULL'), natural: just(false), ...join, using: identifiers(1) }),
      node(
        'matchRecognize',
        {
          input: table,
          partitionBy: list(expression),
          orderBy,
          measures: list(node('measure', { expression, alias: identifier })),
          pattern,
          anchorStart: flag,
          anchorEnd: flag,
          subsets: list(node('patternSubset', { name: identifier, variables: identifiers(1) }), 0, 2),
          define: list(node('patternDefinition', { variable: identifier, condition: expression }), 1),
        },
        { rows: oneOf('ONE', 'ALL'), after, within: interval, ...alias },
      ),
    ),
    pattern: fc.oneof(
      { depthSize: 'xsmall', withCrossShrink: true },
      node('patternVariable', { name: identifier }),
      node('patternSequence', { items: list(pattern, 2) }),
      node('patternAlternation', { items: list(pattern, 2) }),
      repeat,
      node('patternPermute', { items: list(pattern, 1) }),
      node('patternExclude', { operand: pattern }),
    ),
  }
})

const tableOption = node('tableOption', { key: text, value: text })
const options = list(tableOption)
const comment = { comment: text }
const columnDefinition = fc.oneof(
  node('physicalColumn', { name: identifier, type }, comment),
  node('computedColumn', { name: identifier, expression: trees.expression }, comment),
  node('metadataColumn', { name: identifier, type, virtual: flag }, { from: text, ...comment }),
)
const likeOption = node('likeOption', {
  strategy: oneOf('INCLUDING', 'EXCLUDING', 'OVERWRITING'),
  feature: oneOf('ALL', 'OPTIONS', 'WATERMARKS'),
})
const tableEnd = fc.oneof(
  just({}),
  fc.record({ like: node('like', { table: name, options: list(likeOption) }) }),
  fc.record({ as: trees.query }),
)
const createTable = fc
  .tuple(
    node(
      'createTable',
      { temporary: flag, ifNotExists: flag, name, columns: list(columnDefinition), partitionedBy: identifiers(), options },
      {
        watermark: node('watermark', { column: name, expression: trees.expression }),
        primaryKey: node('primaryKey', { columns: identifiers(1), enforced: flag }, { name: identifier }),
        ...comment,
        distribution: fc.oneof(
          node('distribution', { columns: none, buckets: digits }),
          node('distribution', { columns: identifiers(1) }, { by: oneOf('HASH', 'RANGE'), buckets: digits }),
        ),
      },
    ),
    tableEnd,
    flag,
  )
  .map(([table, end, orReplace]) => ({ ...(table as object), ...end, orReplace, ...(orReplace ? { temporary: false } : {}) }))
const insert = node('insert', {
  overwrite: flag,
  table: name,
  hints: none,
  partition: list(node('partitionValue', { column: identifier, value: trees.expression }), 0, 2),
  columns: identifiers(),
  query: trees.query,
})
const statementSet = node('statementSet', { statements: list(insert, 1) })
const functionFields = { ifNotExists: flag, name, className: text, jars: list(text) }
const dropOf = (object: string, temporary: boolean, system: boolean) =>
  node('drop', { object: just(object), temporary: just(temporary), system: just(system), ifExists: flag, name })

const statement = fc.oneof(
  { weight: 8, arbitrary: trees.query },
  { weight: 2, arbitrary: insert },
  { weight: 4, arbitrary: createTable },
  { weight: 1, arbitrary: statementSet },
  {
    weight: 1,
    arbitrary: node('createView', { temporary: flag, ifNotExists: flag, name, columns: identifiers(), query: trees.query }, comment),
  },
  {
    weight: 1,
    arbitrary: node('createFunction', { ...functionFields, temporary: flag, system: just(false) }, { language: oneOf('JAVA', 'PYTHON') }),
  },
  { weight: 1, arbitrary: node('createFunction', { ...functionFields, temporary: just(true), system: flag }) },
  { weight: 1, arbitrary: node('createCatalog', { ifNotExists: flag, name: identifier, options }, comment) },
  { weight: 1, arbitrary: node('createDatabase', { ifNotExists: flag, name, options }, comment) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      dropOf('TABLE', false, false),
      dropOf('VIEW', true, false),
      dropOf('FUNCTION', true, true),
      dropOf('CATALOG', false, false),
    ),
  },
  { weight: 1, arbitrary: fc.oneof(node('set', {}), node('set', { key: text, value: text }), node('reset', {}, { key: text })) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      node('use', { object: oneOf('CATALOG', 'DATABASE'), names: list(name, 1, 1) }),
      node('use', { object: just('MODULES'), names: list(name, 1) }),
    ),
  },
  {
    weight: 1,
    arbitrary: node('explain', {
      details: list(oneOf('ESTIMATED_COST', 'PLAN_ADVICE')),
      statement: fc.oneof(trees.query, insert, statementSet),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.oneof(
      node('show', { object: oneOf('TABLES', 'CURRENT CATALOG') }),
      node('show', { object: just('CREATE TABLE'), name }),
      node('describe', { extended: flag, table: name }),
    ),
  },
)

export const arbitraryStatement = statement as fc.Arbitrary<Statement>
export const arbitraryExpression = trees.expression as fc.Arbitrary<Expression>
export const arbitraryQuery = trees.query as fc.Arbitrary<Query>
export const arbitraryTable = trees.table as fc.Arbitrary<TableExpression>
export const arbitraryPattern = trees.pattern as fc.Arbitrary<Pattern>
