import type { AggregateCall } from '../aggregates/aggregate.ts'
import { compileAggregates } from '../aggregates/compile.ts'
import { compileCondition, compileRow, compileValue } from '../compile/row-code.ts'
import type { KeyNumber } from '../compile/scan-code.ts'
import type { Expr } from '../expr/expr.ts'
import type { Session } from '../expr/session.ts'
import { Deduplicate } from '../operators/deduplicate.ts'
import { GroupAggregate } from '../operators/group-aggregate.ts'
import { IntervalJoin } from '../operators/interval-join.ts'
import { Limit } from '../operators/limit.ts'
import { Normalize } from '../operators/normalize.ts'
import type { Downstream, OnLate, Operator, Row } from '../operators/operator.ts'
import { OverAggregate } from '../operators/over-aggregate.ts'
import { isNumbering, numbering } from '../operators/over-functions.ts'
import { Calculation, Multiplication, unnesting, type Watched } from '../operators/per-row.ts'
import { Rank } from '../operators/rank.ts'
import { RegularJoin } from '../operators/regular-join.ts'
import { SessionAggregate } from '../operators/session-aggregate.ts'
import { SessionAssign } from '../operators/session-assign.ts'
import { SortedOver } from '../operators/sorted-over.ts'
import { TemporalJoin } from '../operators/temporal-join.ts'
import { TemporalSort } from '../operators/temporal-sort.ts'
import { Union } from '../operators/union.ts'
import { UpdatingRank } from '../operators/updating-rank.ts'
import { WindowAggregate } from '../operators/window-aggregate.ts'
import { WindowAssign } from '../operators/window-assign.ts'
import { WindowJoin } from '../operators/window-join.ts'
import { WindowRank } from '../operators/window-rank.ts'
import { mapColumns } from '../plan/exprs.ts'
import { inputsOf } from '../plan/inputs.ts'
import type * as nodes from '../plan/nodes.ts'
import { prune } from '../plan/prune.ts'
import type { Column } from '../types/sql-type.ts'
import { buildMatch } from './build-match.ts'
import { ScanInput, type ScanPart, scanPart } from './scan-input.ts'
import { Values } from './values.ts'

/** A step at work: what it is called in a checkpoint and in `explain`, and its operator. */
export interface RunningStep {
  /** The path to it from the sink: stable as long as the plan has the same shape. */
  readonly id: string
  readonly plan: nodes.Plan
  readonly operator: Operator
  /** Generated JavaScript, by what it is. */
  readonly sources: ReadonlyArray<readonly [name: string, text: string]>
}

/** A query ready to run: rows go in at the scans and come out at the sink it was built for. */
export interface Pipeline {
  readonly steps: readonly RunningStep[]
  readonly scans: readonly ScanInput[]
  /** Constant rows, given out when the run begins. */
  readonly values: readonly Values[]
}

export interface BuildOptions {
  readonly session: Session
  /** What the ids of its steps begin with, where several pipelines are to be one. */
  readonly root?: string
  /** A row that came too late for a step, with the columns that it has there. */
  readonly onLate?: (row: Row, columns: readonly Column[], step: nodes.Plan) => void
}

/** Makes the operators of a plan and connects them. */
export function build(plan: nodes.Plan, sink: Downstream, options: BuildOptions): Pipeline {
  const builder = new Builder(options)
  builder.add(prune(plan), sink, options.root ?? '0')
  return builder
}

class Builder implements Pipeline {
  readonly steps: RunningStep[] = []
  readonly scans: ScanInput[] = []
  readonly values: Values[] = []
  readonly #options: BuildOptions

  constructor(options: BuildOptions) {
    this.#options = options
  }

  add(plan: nodes.Plan, out: Downstream, id: string, watermark?: ScanPart['watermark'], numbered?: ScanPart['numbered']): void {
    const scan = scanPart(plan)
    if (scan) {
      const part = { ...scan, ...(watermark && { watermark }), ...(numbered && { numbered }) }
      const input = new ScanInput(part, out, this.#options.session, id)
      this.scans.push(input)
      return
    }
    if (plan.step === 'values') {
      this.values.push(new Values(plan.rows, out))
      return
    }
    const sources: Array<readonly [string, string]> = []
    const key = numberedKey(plan)
    const operator = this.#operator(plan, sources, key?.into)
    operator.out = out
    this.steps.push({ id, plan, operator, sources })
    const inputs = inputsOf(plan)
    const below = plan.step === 'normalize' ? watermark : watermarkBelow(plan)
    for (const [i, input] of inputs.entries()) this.add(input, operator.inputs[i] as Downstream, `${id}.${i}`, below, key)
  }

  #operator(plan: nodes.Plan, sources: Array<readonly [string, string]>, number?: KeyNumber): Operator {
    const { session } = this.#options
    const noted = <T extends { readonly source: string }>(name: string, compiled: T): T => {
      sources.push([name, compiled.source])
      return compiled
    }
    const condition = (expr: Expr | undefined) => (expr ? { condition: noted('condition', compileCondition(expr, session)) } : {})
    const aggregates = (calls: readonly AggregateCall[], retract: boolean, merge: boolean) =>
      noted('aggregates', compileAggregates(calls, { retract, merge }))
    switch (plan.step) {
      case 'calc': {
        const watched: Watched = { current: Number.NEGATIVE_INFINITY }
        const own = withWatermark(session, () => watched.current)
        return new Calculation(noted('calc', compileRow(plan.filter, plan.projection, own)), watched)
      }
      case 'expand': {
        const rows = plan.projections.map((projection, i) => noted(`set ${i}`, compileRow(undefined, projection, session)))
        return new Multiplication((row) => rows.map((compute) => compute(row) as Row))
      }
      case 'unnest': {
        const { kind, element } = plan.collection.type
        const width = plan.columns.length - plan.input.columns.length
        const collection = noted('collection', compileValue(plan.collection, session))
        const shape = { kind: kind as 'ARRAY', rows: element?.kind === 'ROW', outer: plan.outer, ordinality: plan.ordinality, width }
        return new Multiplication(unnesting(collection, shape))
      }
      case 'windowAssign':
        if (plan.spec.kind !== 'SESSION') return new WindowAssign(plan.spec, plan.time, plan.zone)
        return new SessionAssign(plan.spec.gap, plan.spec.partition, plan.time, this.#late(plan.input), plan.zone)
      case 'windowAggregate': {
        const retract = plan.input.changing
        const compiled = aggregates(counted(plan.calls, retract), retract, true)
        return new WindowAggregate({
          window: plan.spec,
          time: plan.time,
          keys: plan.keys,
          aggregates: compiled,
          retract,
          ...(number && { number }),
          ...zoneOf(plan.zone),
          ...this.#onLate(plan.input),
        })
      }
      case 'sessionAggregate': {
        const retract = plan.input.changing
        const compiled = aggregates(counted(plan.calls, retract), retract, true)
        return new SessionAggregate({
          gap: plan.gap,
          time: plan.time,
          keys: plan.keys,
          aggregates: compiled,
          retract,
          ...zoneOf(plan.zone),
          ...this.#onLate(plan.input),
        })
      }
      case 'groupAggregate': {
        const retract = plan.input.changing
        return new GroupAggregate({
          keys: plan.keys,
          aggregates: aggregates(counted(plan.calls, retract), retract, false),
          retract,
          ttl: plan.ttl,
        })
      }
      case 'over': {
        const calls = plan.calls.filter((call) => !isNumbering(call))
        const compiled = aggregates(calls, Number.isFinite(plan.frame.preceding), false)
        const time = plan.time === 'row' ? plan.order : -1
        return new OverAggregate({
          partition: plan.partition,
          time,
          frame: plan.frame,
          aggregates: compiled,
          numbering: numbering(plan.calls),
          ...this.#onLate(plan.input),
        })
      }
      case 'sortedOver': {
        const calls = plan.calls.filter((call) => !isNumbering(call))
        const values = plan.calls.map((call) => (isNumbering(call) ? (call.fn as 'ROW_NUMBER') : 'AGGREGATE'))
        return new SortedOver({ ...plan, values, aggregates: aggregates(calls, false, false) })
      }
      case 'rowNumber': {
        const [by] = plan.order
        if (by && plan.input.columns[by.column]?.time === undefined) {
          const aggregated = aggregates([], false, false)
          return new SortedOver({
            partition: plan.partition,
            order: by,
            units: 'ROWS',
            values: ['ROW_NUMBER'],
            aggregates: aggregated,
            ttl: 0,
          })
        }
        const call = { fn: 'ROW_NUMBER', args: [], argTypes: [], type: { kind: 'BIGINT' as const, nullable: false } }
        const order = plan.order[0]?.column ?? 0
        const time = plan.input.columns[order]?.time === 'row' ? order : -1
        const frame = { units: 'ROWS' as const, preceding: Number.POSITIVE_INFINITY }
        return new OverAggregate({
          partition: plan.partition,
          time,
          frame,
          aggregates: aggregates([], false, false),
          numbering: numbering([call]),
          ...this.#onLate(plan.input),
        })
      }
      case 'rank':
        return plan.replacing ? new UpdatingRank({ ...plan, unique: plan.replacing }) : new Rank({ ...plan, changing: plan.input.changing })
      case 'deduplicate':
        return new Deduplicate({
          keys: plan.keys,
          time: plan.time === 'row' ? plan.order : -1,
          keep: plan.keep,
          ttl: plan.ttl,
          ...this.#onLate(plan.input),
        })
      case 'windowRank':
        return new WindowRank({ ...plan, end: plan.of.end, ...zoneOf(plan.of.zone), ...this.#onLate(plan.input) })
      case 'join':
        return new RegularJoin({
          ...joinOptions(plan),
          ...condition(plan.condition),
          leftChanging: plan.left.changing,
          rightChanging: plan.right.changing,
          ttl: plan.ttl,
        })
      case 'intervalJoin': {
        const { leftTime, rightTime, lower, upper } = plan
        return new IntervalJoin({ ...joinOptions(plan), ...condition(plan.condition), leftTime, rightTime, lower, upper })
      }
      case 'windowJoin':
        return new WindowJoin({
          ...joinOptions(plan),
          // Windows of unlike kinds may end together.
          leftKeys: [...plan.leftKeys, plan.leftWindow.start],
          rightKeys: [...plan.rightKeys, plan.rightWindow.start],
          ...condition(plan.condition),
          leftEnd: plan.leftWindow.end,
          rightEnd: plan.rightWindow.end,
          ...zoneOf(plan.leftWindow.zone),
          ...this.#onLate(plan.left),
        })
      case 'temporalJoin': {
        const { leftTime, rightTime } = plan
        const type = plan.type === 'LEFT' ? 'LEFT' : 'INNER'
        return new TemporalJoin({ ...joinOptions(plan), ...condition(plan.condition), type, leftTime, rightTime })
      }
      case 'match':
        return buildMatch(plan, session, sources, this.#late(plan.input))
      case 'union':
        return new Union(plan.inputs.length)
      case 'temporalSort':
        return new TemporalSort(plan.time, plan.order, this.#late(plan.input))
      case 'limit':
        return new Limit(plan.offset, plan.limit)
      case 'normalize':
        return new Normalize(plan.keys)
      case 'scan':
      case 'values':
        throw new Error(`${plan.step} has no operator`)
    }
  }

  #late(step: nodes.Plan): OnLate | undefined {
    const { onLate } = this.#options
    return onLate && ((row) => onLate(row, step.columns, step))
  }

  #onLate(step: nodes.Plan): { onLate?: OnLate } {
    const onLate = this.#late(step)
    return onLate ? { onLate } : {}
  }
}

/** The watermark of a Calc as the scan below it must make it, where the two are not one. */
function watermarkBelow(plan: nodes.Plan): ScanPart['watermark'] {
  if (plan.step !== 'calc' || !plan.watermark || plan.input.step !== 'normalize') return undefined
  const lower = (expr: Expr): Expr => mapColumns(expr, ({ index }) => plan.projection[index] as Expr)
  const time = plan.projection[plan.watermark.column]
  return { column: time?.op === 'column' ? time.index : 0, expr: lower(plan.watermark.expr) }
}

/** The key of a step right behind a scan, if it is one column: where that is a text, the scan can number it. */
function numberedKey(plan: nodes.Plan): ScanPart['numbered'] {
  if (plan.step !== 'windowAggregate' || plan.keys.length !== 1 || !scanPart(plan.input)) return undefined
  return { column: plan.keys[0] ?? 0, into: { value: -1 } }
}

const zoneOf = (zone: string | undefined): { zone?: string } => (zone === undefined ? {} : { zone })

function joinOptions({
  type,
  leftKeys,
  rightKeys,
  left,
  right,
}: nodes.RegularJoin | nodes.IntervalJoin | nodes.WindowJoin | nodes.TemporalJoin) {
  return { type, leftKeys, rightKeys, leftWidth: left.columns.length, rightWidth: right.columns.length }
}

/** The session as the code of one step sees it: with the watermark of that step. */
export function withWatermark(session: Session, watermark: () => number): Session {
  return Object.create(session, { watermark: { value: watermark, enumerable: true } }) as Session
}

/** With COUNT(*) behind, where rows are taken back: a group without rows is none. */
function counted(calls: readonly AggregateCall[], retract: boolean): readonly AggregateCall[] {
  return retract ? [...calls, { fn: 'COUNT', args: [], argTypes: [], type: { kind: 'BIGINT', nullable: false } }] : calls
}
