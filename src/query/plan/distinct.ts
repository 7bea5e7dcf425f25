import { at, calc } from './calc.ts'
import type { PlanContext } from './context.ts'
import { columnRef } from './exprs.ts'
import type { Plan, WindowColumns } from './nodes.ts'
import { ttlOf } from './settings.ts'

/** Each row once; of rows that carry their window, once it is over. */
export function distinct(context: PlanContext, input: Plan): Plan {
  if (input.window && !input.changing) return distinctInWindow(input, input.window)
  const keys = input.columns.map((_, i) => i)
  const columns = input.columns.map(({ name, type }) => ({ name, type }))
  return { step: 'groupAggregate', input, keys, calls: [], ttl: ttlOf(context), columns, changing: true, unique: [keys] }
}

/** As GROUP BY the window and all other columns: what comes behind the watermark of its window is late. */
function distinctInWindow(input: Plan, { start, end, time, zone }: WindowColumns): Plan {
  const borders = [start, end, ...(time === undefined ? [] : [time])]
  const keys = input.columns.map((_, i) => i).filter((i) => !borders.includes(i))
  const border = { kind: 'TIMESTAMP', precision: 3, nullable: false } as const
  const ends = [
    { name: 'window_start', type: at(input.columns, start).type },
    { name: 'window_end', type: at(input.columns, end).type },
    { name: 'window_time', type: time === undefined ? border : at(input.columns, time).type, time: 'row' as const },
  ]
  const first = keys.length
  const step: Plan = {
    step: 'windowAggregate',
    input,
    spec: { kind: 'ATTACHED', start, end },
    time: time ?? end,
    ...(zone !== undefined && { zone }),
    keys,
    calls: [],
    columns: [...keys.map((i) => ({ name: at(input.columns, i).name, type: at(input.columns, i).type })), ...ends],
    changing: false,
    unique: [[...keys.map((_, i) => i), first, first + 1]],
    window: { start: first, end: first + 1, time: first + 2, ...(zone !== undefined && { zone }) },
  }
  const place = (i: number): number => (borders.includes(i) ? first + borders.indexOf(i) : keys.indexOf(i))
  return calc(
    step,
    input.columns.map(({ name }, i) => ({ name, expr: columnRef(place(i), at(step.columns, place(i)).type) })),
  )
}
