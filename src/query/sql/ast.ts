/**
 * The syntax tree of a Flink SQL script: what `parseScript` gives, `printScript` writes and the planner reads.
 *
 * Every node has a `kind` and `at`, the text it was read from. Lists are empty rather than missing; what was not written and has no default
 * is absent. Two ways to write one thing give one tree (docs of each node say which), and names are as written: Flink is case sensitive about
 * columns, tables and pattern variables. Only the names of functions are matched without case.
 */

/** A place in the source. */
export interface Position {
  /** UTF-16 units from the start of the script, from 0. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** UTF-16 units in the line, from 1. */
  readonly column: number
}

/** The text a node was read from: `end` is behind its last character. */
export interface Span {
  readonly start: Position
  readonly end: Position
}

export interface Node {
  readonly at: Span
}

// ---- names ------------------------------------------------------------------------------------------------------------------------------

/** One name without its backticks. Whether it was quoted is not kept: the printer quotes what needs it. */
export interface Identifier extends Node {
  readonly kind: 'identifier'
  readonly name: string
}

/** `catalog.database.table`, `function`: one part or more. */
export interface QualifiedName extends Node {
  readonly kind: 'name'
  readonly parts: readonly Identifier[]
}

// ---- script and statements ----------------------------------------------------------------------------------------------------------------

export interface Script extends Node {
  readonly kind: 'script'
  readonly statements: readonly Statement[]
}

export type Statement =
  | Query
  | Insert
  | StatementSet
  | CreateTable
  | CreateView
  | CreateFunction
  | CreateCatalog
  | CreateDatabase
  | Drop
  | SetOption
  | ResetOption
  | Use
  | Explain
  | Show
  | Describe

/** `INSERT INTO t [PARTITION (p='x')] [(a, b)] query`, `INSERT OVERWRITE …`. */
export interface Insert extends Node {
  readonly kind: 'insert'
  readonly overwrite: boolean
  readonly table: QualifiedName
  readonly hints: readonly Hint[]
  /** `PARTITION (column = literal)`: static partitions. */
  readonly partition: readonly PartitionValue[]
  /** The columns that are written, none for all. */
  readonly columns: readonly Identifier[]
  readonly query: Query
}

export interface PartitionValue extends Node {
  readonly kind: 'partitionValue'
  readonly column: Identifier
  readonly value: Expression
}

/** `EXECUTE STATEMENT SET BEGIN …; END`, or `BEGIN STATEMENT SET; …; END`: all run as one job. */
export interface StatementSet extends Node {
  readonly kind: 'statementSet'
  readonly statements: readonly Insert[]
}

/** `SET 'key' = 'value'`; neither for `SET` alone, which lists. */
export interface SetOption extends Node {
  readonly kind: 'set'
  readonly key?: string
  readonly value?: string
}

/** `RESET 'key'`; no key resets all. */
export interface ResetOption extends Node {
  readonly kind: 'reset'
  readonly key?: string
}

/** `USE CATALOG c`, `USE db`, `USE MODULES a, b`. */
export interface Use extends Node {
  readonly kind: 'use'
  readonly object: 'CATALOG' | 'DATABASE' | 'MODULES'
  /** One, or several for MODULES. */
  readonly names: readonly QualifiedName[]
}

export type ExplainDetail = 'ESTIMATED_COST' | 'CHANGELOG_MODE' | 'JSON_EXECUTION_PLAN' | 'PLAN_ADVICE'

/** `EXPLAIN [PLAN FOR | details] statement`. */
export interface Explain extends Node {
  readonly kind: 'explain'
  readonly details: readonly ExplainDetail[]
  readonly statement: Query | Insert | StatementSet
}

export type ShowObject =
  | 'CATALOGS'
  | 'CURRENT CATALOG'
  | 'DATABASES'
  | 'CURRENT DATABASE'
  | 'TABLES'
  | 'VIEWS'
  | 'FUNCTIONS'
  | 'MODULES'
  | 'JOBS'

/** `SHOW TABLES`, `SHOW CREATE TABLE t`. */
export interface Show extends Node {
  readonly kind: 'show'
  readonly object: ShowObject | 'CREATE TABLE' | 'CREATE VIEW'
  /** Of SHOW CREATE only. */
  readonly name?: QualifiedName
}

/** `DESCRIBE t`, `DESC t`. */
export interface Describe extends Node {
  readonly kind: 'describe'
  readonly extended: boolean
  readonly table: QualifiedName
}

// ---- data definition ----------------------------------------------------------------------------------------------------------------------

export interface CreateTable extends Node {
  readonly kind: 'createTable'
  readonly temporary: boolean
  readonly ifNotExists: boolean
  readonly orReplace: boolean
  readonly name: QualifiedName
  /** In the order written, of all three kinds. */
  readonly columns: readonly ColumnDefinition[]
  readonly watermark?: Watermark
  /** Written as a constraint, or inline behind one column: the same tree. */
  readonly primaryKey?: PrimaryKey
  readonly comment?: string
  readonly distribution?: Distribution
  readonly partitionedBy: readonly Identifier[]
  /** `WITH (…)`. */
  readonly options: readonly TableOption[]
  readonly like?: Like
  /** `CREATE TABLE … AS query`. */
  readonly as?: Query
}

export type ColumnDefinition = PhysicalColumn | ComputedColumn | MetadataColumn

export interface PhysicalColumn extends Node {
  readonly kind: 'physicalColumn'
  readonly name: Identifier
  readonly type: DataType
  readonly comment?: string
}

/** `name AS expression`: no type is written, it is the expression's. */
export interface ComputedColumn extends Node {
  readonly kind: 'computedColumn'
  readonly name: Identifier
  readonly expression: Expression
  readonly comment?: string
}

/** `name type METADATA [FROM 'key'] [VIRTUAL]`. */
export interface MetadataColumn extends Node {
  readonly kind: 'metadataColumn'
  readonly name: Identifier
  readonly type: DataType
  /** The key of the connector; absent: the name of the column. */
  readonly from?: string
  /** Read only: not written by INSERT. */
  readonly virtual: boolean
  readonly comment?: string
}

/** `WATERMARK FOR column AS expression`. */
export interface Watermark extends Node {
  readonly kind: 'watermark'
  /** The time column, or a path to a field of a row. */
  readonly column: QualifiedName
  readonly expression: Expression
}

/** `[CONSTRAINT name] PRIMARY KEY (columns) [NOT] ENFORCED`. Flink takes NOT ENFORCED only; the parser takes both. */
export interface PrimaryKey extends Node {
  readonly kind: 'primaryKey'
  readonly name?: Identifier
  readonly columns: readonly Identifier[]
  readonly enforced: boolean
}

/** `DISTRIBUTED [BY [HASH | RANGE] (columns)] [INTO n BUCKETS]`. */
export interface Distribution extends Node {
  readonly kind: 'distribution'
  readonly by?: 'HASH' | 'RANGE'
  readonly columns: readonly Identifier[]
  readonly buckets?: number
}

/** `'key' = 'value'` of WITH. */
export interface TableOption extends Node {
  readonly kind: 'tableOption'
  readonly key: string
  readonly value: string
}

/** `LIKE table (INCLUDING ALL, OVERWRITING OPTIONS …)`. */
export interface Like extends Node {
  readonly kind: 'like'
  readonly table: QualifiedName
  readonly options: readonly LikeOption[]
}

export interface LikeOption extends Node {
  readonly kind: 'likeOption'
  readonly strategy: 'INCLUDING' | 'EXCLUDING' | 'OVERWRITING'
  readonly feature: 'ALL' | 'CONSTRAINTS' | 'DISTRIBUTION' | 'GENERATED' | 'METADATA' | 'OPTIONS' | 'PARTITIONS' | 'WATERMARKS'
}

export interface CreateView extends Node {
  readonly kind: 'createView'
  readonly temporary: boolean
  readonly ifNotExists: boolean
  readonly name: QualifiedName
  /** New names of the query's columns; none: its own. */
  readonly columns: readonly Identifier[]
  readonly comment?: string
  readonly query: Query
}

/** `CREATE TEMPORARY FUNCTION f AS 'class' [LANGUAGE JAVA] [USING JAR 'path', …]`. */
export interface CreateFunction extends Node {
  readonly kind: 'createFunction'
  readonly temporary: boolean
  readonly system: boolean
  readonly ifNotExists: boolean
  readonly name: QualifiedName
  readonly className: string
  readonly language?: 'JAVA' | 'SCALA' | 'PYTHON'
  readonly jars: readonly string[]
}

export interface CreateCatalog extends Node {
  readonly kind: 'createCatalog'
  readonly ifNotExists: boolean
  readonly name: Identifier
  readonly comment?: string
  readonly options: readonly TableOption[]
}

export interface CreateDatabase extends Node {
  readonly kind: 'createDatabase'
  readonly ifNotExists: boolean
  readonly name: QualifiedName
  readonly comment?: string
  readonly options: readonly TableOption[]
}

export interface Drop extends Node {
  readonly kind: 'drop'
  readonly object: 'TABLE' | 'VIEW' | 'FUNCTION' | 'CATALOG' | 'DATABASE'
  readonly temporary: boolean
  /** `DROP TEMPORARY SYSTEM FUNCTION`. */
  readonly system: boolean
  readonly ifExists: boolean
  readonly name: QualifiedName
  /** Of DATABASE only. */
  readonly behaviour?: 'RESTRICT' | 'CASCADE'
}

// ---- queries ------------------------------------------------------------------------------------------------------------------------------

/**
 * A whole query: `[WITH …] body [ORDER BY …] [LIMIT n] [OFFSET n]`. FETCH NEXT n ROWS ONLY gives `limit`; LIMIT ALL gives none. A
 * parenthesised query that has none of these is its body.
 */
export interface Query extends Node {
  readonly kind: 'query'
  readonly with: readonly CommonTable[]
  readonly body: QueryBody
  readonly orderBy: readonly SortItem[]
  readonly offset?: NumberLiteral
  readonly limit?: NumberLiteral
}

/** What set operators combine. A `Query` here was in parentheses, and has its own WITH, ORDER BY or LIMIT. */
export type QueryBody = Select | SetOperation | Values | TableQuery | Query

/** `name [(columns)] AS (query)` of WITH. */
export interface CommonTable extends Node {
  readonly kind: 'commonTable'
  readonly name: Identifier
  readonly columns: readonly Identifier[]
  readonly query: Query
}

/** INTERSECT binds tighter than UNION and EXCEPT; those are left associative. Flink has no MINUS. */
export interface SetOperation extends Node {
  readonly kind: 'setOperation'
  readonly operator: 'UNION' | 'INTERSECT' | 'EXCEPT'
  /** ALL keeps duplicates; without it, or with DISTINCT, false. */
  readonly all: boolean
  readonly left: QueryBody
  readonly right: QueryBody
}

/** `VALUES (1, 'a'), (2, 'b')`; a row of one may be without parentheses. */
export interface Values extends Node {
  readonly kind: 'values'
  readonly rows: readonly Row[]
}

/** `TABLE t` in place of `SELECT * FROM t`. */
export interface TableQuery extends Node {
  readonly kind: 'tableQuery'
  readonly table: QualifiedName
}

export interface Select extends Node {
  readonly kind: 'select'
  readonly hints: readonly Hint[]
  readonly distinct: boolean
  readonly items: readonly (SelectItem | Star)[]
  readonly from?: TableExpression
  readonly where?: Expression
  readonly groupBy?: GroupBy
  readonly having?: Expression
  readonly qualify?: Expression
  /** `WINDOW w AS (…), …`. */
  readonly windows: readonly NamedWindow[]
}

/** `expression [AS alias]`. */
export interface SelectItem extends Node {
  readonly kind: 'selectItem'
  readonly expression: Expression
  readonly alias?: Identifier
}

/** `*` or `t.*`, of a SELECT list and of COUNT(*). */
export interface Star extends Node {
  readonly kind: 'star'
  readonly qualifier?: QualifiedName
}

export interface GroupBy extends Node {
  readonly kind: 'groupBy'
  readonly distinct: boolean
  /** Legacy group windows (TUMBLE(ts, INTERVAL …), HOP, SESSION) are calls among them. */
  readonly items: readonly GroupItem[]
}

export type GroupItem = Expression | GroupingSet | GroupingSets | Rollup | Cube

/** `()` or `(a, b)`: none, or two or more; `(a)` is the expression itself. */
export interface GroupingSet extends Node {
  readonly kind: 'groupingSet'
  readonly items: readonly Expression[]
}

export interface GroupingSets extends Node {
  readonly kind: 'groupingSets'
  readonly sets: readonly GroupItem[]
}

export interface Rollup extends Node {
  readonly kind: 'rollup'
  readonly items: readonly (Expression | GroupingSet)[]
}

export interface Cube extends Node {
  readonly kind: 'cube'
  readonly items: readonly (Expression | GroupingSet)[]
}

export interface SortItem extends Node {
  readonly kind: 'sortItem'
  readonly expression: Expression
  readonly descending: boolean
  readonly nulls?: 'FIRST' | 'LAST'
}

/** A hint of a comment with a plus sign: `OPTIONS('k'='v')` behind a table, `STATE_TTL('a'='1d')` behind SELECT. */
export interface Hint extends Node {
  readonly kind: 'hint'
  readonly name: Identifier
  readonly arguments: readonly HintArgument[]
}

export interface HintArgument extends Node {
  readonly kind: 'hintArgument'
  /** Of `'key' = 'value'`. */
  readonly key?: string
  readonly value: StringLiteral | NumberLiteral | Identifier
}

// ---- FROM ---------------------------------------------------------------------------------------------------------------------------------

export type TableExpression = TableReference | DerivedTable | TableFunction | Unnest | MatchRecognize | Join

/** `[AS] name [(columns)]`. */
export interface Alias extends Node {
  readonly kind: 'alias'
  readonly name: Identifier
  readonly columns: readonly Identifier[]
}

/** A table or view by name, as it is or `FOR SYSTEM_TIME AS OF` a time (the right side of a temporal join). */
export interface TableReference extends Node {
  readonly kind: 'table'
  readonly name: QualifiedName
  readonly hints: readonly Hint[]
  readonly systemTime?: Expression
  readonly alias?: Alias
}

/** `(query) AS t`, `LATERAL (query) AS t`, `(VALUES …) AS t`. */
export interface DerivedTable extends Node {
  readonly kind: 'derivedTable'
  readonly lateral: boolean
  readonly query: Query
  readonly alias?: Alias
}

/** `TABLE(TUMBLE(…))`, `LATERAL TABLE(f(x))`, and `f(x)` bare, which Flink takes too. */
export interface TableFunction extends Node {
  readonly kind: 'tableFunction'
  readonly lateral: boolean
  readonly call: Call
  readonly alias?: Alias
}

/** `UNNEST(array) [WITH ORDINALITY]`. */
export interface Unnest extends Node {
  readonly kind: 'unnest'
  readonly operands: readonly Expression[]
  readonly ordinality: boolean
  readonly alias?: Alias
}

export interface Join extends Node {
  readonly kind: 'join'
  /** COMMA is CROSS by another name with a looser bind; JOIN alone is INNER. */
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS' | 'COMMA'
  readonly natural: boolean
  readonly left: TableExpression
  readonly right: TableExpression
  readonly on?: Expression
  /** `USING (a, b)`; empty where there is none. */
  readonly using: readonly Identifier[]
}

// ---- MATCH_RECOGNIZE ----------------------------------------------------------------------------------------------------------------------

export interface MatchRecognize extends Node {
  readonly kind: 'matchRecognize'
  readonly input: TableExpression
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly measures: readonly Measure[]
  /** Absent: not written, which is ONE ROW PER MATCH. */
  readonly rows?: 'ONE' | 'ALL'
  /** Absent: not written, which is NEXT ROW in Flink. */
  readonly after?: AfterMatch
  readonly pattern: Pattern
  /** `^` before, `$` behind the pattern. */
  readonly anchorStart: boolean
  readonly anchorEnd: boolean
  readonly within?: IntervalLiteral
  readonly subsets: readonly PatternSubset[]
  readonly define: readonly PatternDefinition[]
  readonly alias?: Alias
}

/** `expression AS name`. */
export interface Measure extends Node {
  readonly kind: 'measure'
  readonly expression: Expression
  readonly alias: Identifier
}

/** `AFTER MATCH SKIP TO NEXT ROW | PAST LAST ROW | TO FIRST a | TO LAST a`; `TO a` is LAST. */
export interface AfterMatch extends Node {
  readonly kind: 'afterMatch'
  readonly skip: 'NEXT ROW' | 'PAST LAST ROW' | 'FIRST' | 'LAST'
  /** Of FIRST and LAST. */
  readonly variable?: Identifier
}

export type Pattern = PatternVariable | PatternSequence | PatternAlternation | PatternRepeat | PatternPermute | PatternExclude

export interface PatternVariable extends Node {
  readonly kind: 'patternVariable'
  readonly name: Identifier
}

/** `A B C`: two or more. */
export interface PatternSequence extends Node {
  readonly kind: 'patternSequence'
  readonly items: readonly Pattern[]
}

/** `A | B | C`: two or more. */
export interface PatternAlternation extends Node {
  readonly kind: 'patternAlternation'
  readonly items: readonly Pattern[]
}

/** `A*` (0, no end), `A+` (1, no end), `A?` (0, 1), `A{n}`, `A{n,}`, `A{,m}` (0, m), `A{n,m}`; a `?` behind it is reluctant. */
export interface PatternRepeat extends Node {
  readonly kind: 'patternRepeat'
  readonly operand: Pattern
  readonly min: number
  /** Absent: no end. */
  readonly max?: number
  readonly reluctant: boolean
}

/** `PERMUTE(A, B)`. */
export interface PatternPermute extends Node {
  readonly kind: 'patternPermute'
  readonly items: readonly Pattern[]
}

/** `{- A -}`: matched, and not in the output of ALL ROWS PER MATCH. */
export interface PatternExclude extends Node {
  readonly kind: 'patternExclude'
  readonly operand: Pattern
}

/** `SUBSET name = (A, B)`. */
export interface PatternSubset extends Node {
  readonly kind: 'patternSubset'
  readonly name: Identifier
  readonly variables: readonly Identifier[]
}

/** `A AS condition` of DEFINE. */
export interface PatternDefinition extends Node {
  readonly kind: 'patternDefinition'
  readonly variable: Identifier
  readonly condition: Expression
}

// ---- expressions --------------------------------------------------------------------------------------------------------------------------

export type Expression =
  | Literal
  | Column
  | FieldAccess
  | ElementAccess
  | SystemValue
  | Unary
  | Operation
  | Is
  | IsDistinct
  | Between
  | In
  | TextMatch
  | Quantified
  | Exists
  | Subquery
  | Case
  | Cast
  | Call
  | Extract
  | RoundToUnit
  | PositionOf
  | Trim
  | Overlay
  | TimestampAdd
  | TimestampDiff
  | JsonExists
  | JsonValue
  | JsonQuery
  | JsonObject
  | JsonArray
  | JsonObjectAgg
  | JsonArrayAgg
  | IntervalOf
  | Row
  | ArrayOf
  | ArrayQuery
  | MapOf
  | MatchSemantics

export type Literal = NumberLiteral | StringLiteral | BinaryLiteral | BooleanLiteral | NullLiteral | TemporalLiteral | IntervalLiteral

/**
 * A number without a sign (a minus is a `unary`). Exact: `12` is INT or BIGINT or DECIMAL, `1.50` is DECIMAL(3, 2) by its digits.
 * Approximate: with an exponent, DOUBLE.
 */
export interface NumberLiteral extends Node {
  readonly kind: 'number'
  /** As written: digits, perhaps a point, perhaps an exponent. */
  readonly text: string
  readonly approximate: boolean
}

/** `'it''s'`, `U&'\00e9'` (decoded), and several that follow each other on new lines (joined). */
export interface StringLiteral extends Node {
  readonly kind: 'string'
  readonly value: string
}

/** `X'0aFF'`: an even number of hexadecimal digits, here in upper case. */
export interface BinaryLiteral extends Node {
  readonly kind: 'binary'
  readonly hex: string
}

/** TRUE, FALSE, or UNKNOWN, whose value is null. */
export interface BooleanLiteral extends Node {
  readonly kind: 'boolean'
  readonly value: boolean | null
}

export interface NullLiteral extends Node {
  readonly kind: 'null'
}

/** `DATE '2026-01-31'`, `TIME '10:00:00.5'`, `TIMESTAMP '2026-01-31 10:00:00'`. The text is not checked here. */
export interface TemporalLiteral extends Node {
  readonly kind: 'temporal'
  readonly type: 'DATE' | 'TIME' | 'TIMESTAMP' | 'TIMESTAMP_LTZ'
  readonly text: string
}

/** `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL -'10' SECOND(2, 3)`. The text is not checked here. */
export interface IntervalLiteral extends Node {
  readonly kind: 'interval'
  /** A minus before the quote; one inside it stays in the text. */
  readonly negative: boolean
  readonly text: string
  readonly qualifier: IntervalQualifier
}

/** `INTERVAL 10 SECOND`, `INTERVAL (a + 1) DAY`: value times one unit. */
export interface IntervalOf extends Node {
  readonly kind: 'intervalOf'
  readonly value: Expression
  readonly qualifier: IntervalQualifier
}

export type IntervalUnit = 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY' | 'HOUR' | 'MINUTE' | 'SECOND'

/** `DAY(3) TO SECOND(6)`. Plural units (SECONDS) are the singular. */
export interface IntervalQualifier extends Node {
  readonly kind: 'intervalQualifier'
  readonly from: IntervalUnit
  readonly precision?: number
  readonly to?: IntervalUnit
  /** Digits of the second: of SECOND(p, f), or of TO SECOND(f). */
  readonly fraction?: number
}

/** `a`, `t.a`, `t.a.b`: which part is a table, which a column and which a field of a row is for the planner to say. */
export interface Column extends Node {
  readonly kind: 'column'
  readonly parts: readonly Identifier[]
}

/** `(expression).field`, `a[1].field`. */
export interface FieldAccess extends Node {
  readonly kind: 'field'
  readonly operand: Expression
  readonly field: Identifier
}

/** `array[1]` (from 1), `map['key']`. */
export interface ElementAccess extends Node {
  readonly kind: 'element'
  readonly operand: Expression
  readonly index: Expression
}

export type SystemValueName =
  | 'CURRENT_DATE'
  | 'CURRENT_TIME'
  | 'CURRENT_TIMESTAMP'
  | 'LOCALTIME'
  | 'LOCALTIMESTAMP'
  | 'CURRENT_CATALOG'
  | 'CURRENT_SCHEMA'
  | 'CURRENT_PATH'
  | 'CURRENT_ROLE'
  | 'CURRENT_USER'
  | 'SESSION_USER'
  | 'SYSTEM_USER'
  | 'USER'

/** A function that needs no parentheses, and may have empty ones. CURRENT_DATABASE(), CURRENT_WATERMARK(ts), NOW() are calls. */
export interface SystemValue extends Node {
  readonly kind: 'systemValue'
  readonly name: SystemValueName
  /** `LOCALTIME(3)`. */
  readonly precision?: number
}

export interface Unary extends Node {
  readonly kind: 'unary'
  readonly operator: '-' | '+' | 'NOT'
  readonly operand: Expression
}

/** Flink has no `!=`. */
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '||'
  | '='
  | '<>'
  | '<'
  | '<='
  | '>'
  | '>='
  | 'AND'
  | 'OR'
  | 'OVERLAPS'
  | 'MEMBER OF'

export interface Operation extends Node {
  readonly kind: 'operation'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `x IS [NOT] NULL`, `IS JSON` is IS JSON VALUE. */
export interface Is extends Node {
  readonly kind: 'is'
  readonly operand: Expression
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'UNKNOWN' | 'JSON VALUE' | 'JSON OBJECT' | 'JSON ARRAY' | 'JSON SCALAR'
  readonly negated: boolean
}

/** `x IS [NOT] DISTINCT FROM y`. */
export interface IsDistinct extends Node {
  readonly kind: 'isDistinct'
  readonly left: Expression
  readonly right: Expression
  /** IS NOT DISTINCT FROM. */
  readonly negated: boolean
}

/** `x [NOT] BETWEEN [SYMMETRIC] low AND high`; ASYMMETRIC is the default. */
export interface Between extends Node {
  readonly kind: 'between'
  readonly operand: Expression
  readonly low: Expression
  readonly high: Expression
  readonly symmetric: boolean
  readonly negated: boolean
}

/** `x [NOT] IN (1, 2)`, `x [NOT] IN (query)`. */
export interface In extends Node {
  readonly kind: 'in'
  readonly operand: Expression
  readonly set: readonly Expression[] | Query
  readonly negated: boolean
}

/** `x [NOT] LIKE pattern [ESCAPE 'c']`, and SIMILAR TO. */
export interface TextMatch extends Node {
  readonly kind: 'textMatch'
  readonly operator: 'LIKE' | 'SIMILAR TO'
  readonly operand: Expression
  readonly pattern: Expression
  readonly escape?: Expression
  readonly negated: boolean
}

/** `x < ALL (query)`, `x = ANY (1, 2)`; SOME is ANY. */
export interface Quantified extends Node {
  readonly kind: 'quantified'
  readonly operator: '=' | '<>' | '<' | '<=' | '>' | '>='
  readonly quantifier: 'ANY' | 'ALL'
  readonly operand: Expression
  readonly set: readonly Expression[] | Query
}

/** `EXISTS (query)`; NOT EXISTS is a `unary`. */
export interface Exists extends Node {
  readonly kind: 'exists'
  readonly query: Query
}

/** A scalar sub-query, `(SELECT …)` as a value. */
export interface Subquery extends Node {
  readonly kind: 'subquery'
  readonly query: Query
}

/** `CASE WHEN c THEN x ELSE y END`, or with an operand `CASE a WHEN 1, 2 THEN x END`. */
export interface Case extends Node {
  readonly kind: 'case'
  readonly operand?: Expression
  readonly branches: readonly CaseBranch[]
  readonly else?: Expression
}

export interface CaseBranch extends Node {
  readonly kind: 'caseBranch'
  /** One; with an operand one or more, of which any may be equal. */
  readonly when: readonly Expression[]
  readonly result: Expression
}

/** `CAST(x AS type)`; `safe`: TRY_CAST. */
export interface Cast extends Node {
  readonly kind: 'cast'
  readonly safe: boolean
  readonly operand: Expression
  readonly type: DataType
}

/**
 * A function or aggregate. Also SUBSTRING(x FROM a FOR b), which is SUBSTRING(x, a, b); CEILING, which is CEIL; GROUPING, group windows, the
 * functions of MATCH_RECOGNIZE (FIRST, LAST, PREV, NEXT, CLASSIFIER, MATCH_ROWTIME …) and window table functions.
 */
export interface Call extends Node, CallTail {
  readonly kind: 'call'
  /** As written. Compare without case. */
  readonly name: QualifiedName
  readonly distinct: boolean
  readonly arguments: readonly CallArgument[]
  /** `f(x ORDER BY y)`: LISTAGG and ARRAY_AGG. */
  readonly orderBy: readonly SortItem[]
}

/** What may follow the parentheses of an aggregate, in this order. */
export interface CallTail {
  readonly nulls?: 'IGNORE' | 'RESPECT'
  /** `WITHIN GROUP (ORDER BY …)`; empty where there is none. */
  readonly withinGroup: readonly SortItem[]
  /** `FILTER (WHERE …)`. */
  readonly filter?: Expression
  /** `OVER (…)`, or OVER and the name of a window. */
  readonly over?: WindowSpecification | Identifier
}

export type CallArgument = Expression | Star | NamedArgument | TableArgument | Descriptor | DefaultArgument

/** `name => value`. */
export interface NamedArgument extends Node {
  readonly kind: 'namedArgument'
  readonly name: Identifier
  readonly value: Expression | TableArgument | Descriptor | DefaultArgument
}

/** `TABLE t [PARTITION BY a, b] [ORDER BY c]`, or a query in parentheses in place of the name. */
export interface TableArgument extends Node {
  readonly kind: 'tableArgument'
  readonly table: QualifiedName | Query
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
}

/** `DESCRIPTOR(a, b)`. */
export interface Descriptor extends Node {
  readonly kind: 'descriptor'
  readonly columns: readonly Identifier[]
}

/** `DEFAULT` as an argument. */
export interface DefaultArgument extends Node {
  readonly kind: 'default'
}

/** `w AS (…)` of the WINDOW clause. */
export interface NamedWindow extends Node {
  readonly kind: 'namedWindow'
  readonly name: Identifier
  readonly window: WindowSpecification
}

export interface WindowSpecification extends Node {
  readonly kind: 'window'
  /** The window that this one refines. */
  readonly base?: Identifier
  readonly partitionBy: readonly Expression[]
  readonly orderBy: readonly SortItem[]
  readonly frame?: WindowFrame
}

/** `ROWS | RANGE BETWEEN start AND end`; one bound alone is the start, and ends at CURRENT ROW. */
export interface WindowFrame extends Node {
  readonly kind: 'frame'
  readonly units: 'ROWS' | 'RANGE'
  readonly start: FrameBound
  readonly end: FrameBound
}

export interface FrameBound extends Node {
  readonly kind: 'bound'
  readonly type: 'UNBOUNDED PRECEDING' | 'PRECEDING' | 'CURRENT ROW' | 'FOLLOWING' | 'UNBOUNDED FOLLOWING'
  /** Of PRECEDING and FOLLOWING: rows, or an interval. */
  readonly offset?: Expression
}

/** A unit of EXTRACT, FLOOR … TO, TIMESTAMPADD and TIMESTAMPDIFF. SQL_TSI_DAY is DAY. Which unit goes where is the planner's to say. */
export type TimeUnit =
  | 'NANOSECOND'
  | 'MICROSECOND'
  | 'MILLISECOND'
  | 'SECOND'
  | 'MINUTE'
  | 'HOUR'
  | 'DAY'
  | 'WEEK'
  | 'MONTH'
  | 'QUARTER'
  | 'YEAR'
  | 'DECADE'
  | 'CENTURY'
  | 'MILLENNIUM'
  | 'DOW'
  | 'ISODOW'
  | 'DOY'
  | 'ISOYEAR'
  | 'EPOCH'

/** `EXTRACT(unit FROM x)`. */
export interface Extract extends Node {
  readonly kind: 'extract'
  readonly unit: TimeUnit
  readonly operand: Expression
}

/** `FLOOR(x TO unit)`, `CEIL(x TO unit)`. Without TO they are calls. */
export interface RoundToUnit extends Node {
  readonly kind: 'roundToUnit'
  readonly direction: 'FLOOR' | 'CEIL'
  readonly operand: Expression
  readonly unit: TimeUnit
}

/** `POSITION(part IN text [FROM start])`. */
export interface PositionOf extends Node {
  readonly kind: 'position'
  readonly part: Expression
  readonly text: Expression
  readonly from?: Expression
}

/** `TRIM([BOTH | LEADING | TRAILING] [characters] FROM text)`; TRIM(text) is BOTH and spaces. */
export interface Trim extends Node {
  readonly kind: 'trim'
  readonly side: 'BOTH' | 'LEADING' | 'TRAILING'
  readonly characters?: Expression
  readonly text: Expression
}

/** `OVERLAY(text PLACING by FROM start [FOR length])`. */
export interface Overlay extends Node {
  readonly kind: 'overlay'
  readonly text: Expression
  readonly by: Expression
  readonly from: Expression
  readonly for?: Expression
}

/** `TIMESTAMPADD(unit, count, time)`. */
export interface TimestampAdd extends Node {
  readonly kind: 'timestampAdd'
  readonly unit: TimeUnit
  readonly count: Expression
  readonly time: Expression
}

/** `TIMESTAMPDIFF(unit, from, to)`: to minus from. */
export interface TimestampDiff extends Node {
  readonly kind: 'timestampDiff'
  readonly unit: TimeUnit
  readonly from: Expression
  readonly to: Expression
}

/** `ROW(a, b)`, and `(a, b)`. */
export interface Row extends Node {
  readonly kind: 'row'
  readonly items: readonly Expression[]
}

/** `ARRAY[a, b]`. */
export interface ArrayOf extends Node {
  readonly kind: 'array'
  readonly items: readonly Expression[]
}

/** `ARRAY(query)`. */
export interface ArrayQuery extends Node {
  readonly kind: 'arrayQuery'
  readonly query: Query
}

/** `MAP['a', 1, 'b', 2]`. */
export interface MapOf extends Node {
  readonly kind: 'map'
  readonly entries: readonly MapEntry[]
}

export interface MapEntry extends Node {
  readonly kind: 'mapEntry'
  readonly key: Expression
  readonly value: Expression
}

/** `FINAL LAST(a.x)`, `RUNNING …` of MEASURES. */
export interface MatchSemantics extends Node {
  readonly kind: 'matchSemantics'
  readonly semantics: 'FINAL' | 'RUNNING'
  readonly operand: Call
}

// ---- JSON ---------------------------------------------------------------------------------------------------------------------------------

/** `JSON_EXISTS(input, path [TRUE | FALSE | UNKNOWN | ERROR ON ERROR])`. */
export interface JsonExists extends Node {
  readonly kind: 'jsonExists'
  readonly input: Expression
  readonly path: Expression
  readonly onError?: 'TRUE' | 'FALSE' | 'UNKNOWN' | 'ERROR'
}

/** `JSON_VALUE(input, path [RETURNING type] [… ON EMPTY] [… ON ERROR])`. */
export interface JsonValue extends Node {
  readonly kind: 'jsonValue'
  readonly input: Expression
  readonly path: Expression
  readonly returning?: DataType
  readonly onEmpty?: JsonValueFallback
  readonly onError?: JsonValueFallback
}

export interface JsonValueFallback extends Node {
  readonly kind: 'jsonFallback'
  readonly type: 'NULL' | 'ERROR' | 'DEFAULT'
  /** Of DEFAULT. */
  readonly value?: Expression
}

export type JsonQueryFallback = 'NULL' | 'ERROR' | 'EMPTY ARRAY' | 'EMPTY OBJECT'

/** `JSON_QUERY(input, path [RETURNING type] [wrapper] [… ON EMPTY] [… ON ERROR])`. */
export interface JsonQuery extends Node {
  readonly kind: 'jsonQuery'
  readonly input: Expression
  readonly path: Expression
  readonly returning?: DataType
  /** WITH WRAPPER is UNCONDITIONAL. */
  readonly wrapper?: 'WITHOUT' | 'CONDITIONAL' | 'UNCONDITIONAL'
  readonly onEmpty?: JsonQueryFallback
  readonly onError?: JsonQueryFallback
}

/** `KEY 'k' VALUE v`, and `'k' : v`, `'k' VALUE v`. */
export interface JsonEntry extends Node {
  readonly kind: 'jsonEntry'
  readonly key: Expression
  readonly value: Expression
}

/** NULL ON NULL keeps nulls, ABSENT ON NULL leaves them out; absent: not written. */
export type JsonNulls = 'NULL' | 'ABSENT'

/** `JSON_OBJECT(KEY 'k' VALUE v, … [… ON NULL])`. */
export interface JsonObject extends Node {
  readonly kind: 'jsonObject'
  readonly entries: readonly JsonEntry[]
  readonly onNull?: JsonNulls
}

/** `JSON_ARRAY(a, b [… ON NULL])`. */
export interface JsonArray extends Node {
  readonly kind: 'jsonArray'
  readonly items: readonly Expression[]
  readonly onNull?: JsonNulls
}

/** `JSON_OBJECTAGG(KEY k VALUE v [… ON NULL])`. */
export interface JsonObjectAgg extends Node {
  readonly kind: 'jsonObjectAgg'
  readonly entry: JsonEntry
  readonly onNull?: JsonNulls
}

/** `JSON_ARRAYAGG(x [ORDER BY y] [… ON NULL])`. */
export interface JsonArrayAgg extends Node {
  readonly kind: 'jsonArrayAgg'
  readonly item: Expression
  readonly orderBy: readonly SortItem[]
  readonly onNull?: JsonNulls
}

// ---- types --------------------------------------------------------------------------------------------------------------------------------

export type DataType = SimpleType | IntervalType | ArrayType | MultisetType | MapType | RowType | StructuredType | RawType | NamedType

/** NOT NULL behind a type; NULL behind it is the default. */
export interface TypeNode extends Node {
  readonly notNull: boolean
}

/** Synonyms are one: INTEGER is INT, DEC and NUMERIC are DECIMAL, DOUBLE PRECISION is DOUBLE, REAL is FLOAT, TIMESTAMP WITH LOCAL TIME ZONE is TIMESTAMP_LTZ. */
export type SimpleTypeName =
  | 'BOOLEAN'
  | 'TINYINT'
  | 'SMALLINT'
  | 'INT'
  | 'BIGINT'
  | 'FLOAT'
  | 'DOUBLE'
  | 'DECIMAL'
  | 'CHAR'
  | 'VARCHAR'
  | 'STRING'
  | 'BINARY'
  | 'VARBINARY'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP'
  | 'TIMESTAMP_LTZ'
  | 'VARIANT'

export interface SimpleType extends TypeNode {
  readonly kind: 'simpleType'
  readonly name: SimpleTypeName
  /** Of DECIMAL its precision, of CHAR, VARCHAR, BINARY, VARBINARY the length, of TIME and TIMESTAMP the digits of the second. */
  readonly precision?: number
  /** Of DECIMAL. */
  readonly scale?: number
}

export interface IntervalType extends TypeNode {
  readonly kind: 'intervalType'
  readonly qualifier: IntervalQualifier
}

/** `ARRAY<t>`, and `t ARRAY`. */
export interface ArrayType extends TypeNode {
  readonly kind: 'arrayType'
  readonly element: DataType
}

/** `MULTISET<t>`, and `t MULTISET`. */
export interface MultisetType extends TypeNode {
  readonly kind: 'multisetType'
  readonly element: DataType
}

export interface MapType extends TypeNode {
  readonly kind: 'mapType'
  readonly key: DataType
  readonly value: DataType
}

/** `ROW<a INT, b STRING 'comment'>`, and with parentheses. */
export interface RowType extends TypeNode {
  readonly kind: 'rowType'
  readonly fields: readonly RowField[]
}

export interface RowField extends Node {
  readonly kind: 'rowField'
  readonly name: Identifier
  readonly type: DataType
  readonly comment?: string
}

/** `STRUCTURED<'class', a INT, …>`. */
export interface StructuredType extends TypeNode {
  readonly kind: 'structuredType'
  readonly className: string
  readonly fields: readonly RowField[]
}

/** `RAW('class', 'snapshot')`. */
export interface RawType extends TypeNode {
  readonly kind: 'rawType'
  readonly className: string
  readonly snapshot: string
}

/** A type by a name that is not one of Flink's own. */
export interface NamedType extends TypeNode {
  readonly kind: 'namedType'
  readonly name: QualifiedName
}
