import { call } from '../build.ts'
import { planError } from '../plan-error.ts'
import type { FunctionEntry } from './entry.ts'

/** CURRENT_WATERMARK(row time): the watermark of the step that asks, at that row; NULL before the first. The planner checks the argument. */
const currentWatermark: FunctionEntry = {
  names: ['CURRENT_WATERMARK'],
  usage: 'CURRENT_WATERMARK(row time)',
  volatile: true,
  bind(args, context) {
    const [time, ...more] = args
    if (!time || more.length > 0) return context.refuse(`CURRENT_WATERMARK takes 1 argument, not ${args.length}`)
    if (time.type.kind !== 'TIMESTAMP' && time.type.kind !== 'TIMESTAMP_LTZ') return context.refuse('CURRENT_WATERMARK takes a row time')
    return call('CURRENT_WATERMARK', { kind: time.type.kind, precision: 3, nullable: true }, args, context.at)
  },
  generate(_bound, gen) {
    const { watermark } = gen.session
    if (!watermark) throw planError(undefined, 'CURRENT_WATERMARK has no meaning here: it belongs into SELECT, WHERE or GROUP BY')
    const value = gen.code.fresh('w')
    gen.code.line(`const ${value} = ${gen.code.constant(watermark, 'watermark')}()`)
    return { value, isNull: `!Number.isFinite(${value})` }
  },
}

export const WATERMARK: readonly FunctionEntry[] = [currentWatermark]
