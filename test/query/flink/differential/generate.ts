import type { Random } from './random.ts'
import type { InputTable } from './tables.ts'
import { jsonValue, type Oddness, timeText } from './values.ts'

/** What one generated input is like. */
interface Profile extends Oddness {
  readonly lines: number
  /** Share of lines that are said twice. */
  readonly duplicates: number
  /** Share of rows with a time before the latest, within what the watermark allows. */
  readonly disorder: number
  /** Share of rows behind the watermark. */
  readonly late: number
  /** Share of rows with the time of the row before. */
  readonly ties: number
  /** Share of rows after a silence that leaves windows empty. */
  readonly gaps: number
}

const START = Date.UTC(2026, 0, 1)

/** What an input may have. */
export interface Allowed {
  /** Rows behind the watermark. */
  readonly late: boolean
  readonly nulls: boolean
}

function profile(random: Random, { late, nulls }: Allowed): Profile {
  return {
    lines: random.chance(0.04) ? random.int(0, 1) : random.int(6, 40),
    nulls: nulls ? random.pick([0, 0.1, 0.3]) : 0,
    extremes: random.pick([0, 0, 0.02, 0.15]),
    recorded: random.pick([0.5, 0.8]),
    duplicates: random.pick([0, 0.1, 0.25]),
    disorder: random.pick([0, 0.3, 0.5]),
    late: late ? random.pick([0, 0.05, 0.2]) : 0,
    ties: random.pick([0.05, 0.3]),
    gaps: random.pick([0, 0.05, 0.2]),
  }
}

/** The NDJSON of one table. */
export function generateInput(random: Random, table: InputTable, allowed: Allowed): string {
  const shape = profile(random, allowed)
  const times = rowTimes(random, table, shape)
  const lines = table.debezium ? changes(random, table, shape, times) : rows(random, table, shape, times)
  return lines.map((line) => `${line}\n`).join('')
}

function rows(random: Random, table: InputTable, shape: Profile, times: readonly number[]): string[] {
  const lines: string[] = []
  let before: string[] | undefined
  times.forEach((time, i) => {
    const line =
      before && random.chance(shape.duplicates)
        ? before.map((member, c) => (isStrict(table) && c === table.rowTime ? memberOf(table, c, JSON.stringify(timeText(time))) : member))
        : members(random, table, shape, i, time)
    before = line
    lines.push(`{${line.join(',')}}`)
  })
  return lines
}

/** A changelog as Debezium writes one: what is taken back is what was there. */
function changes(random: Random, table: InputTable, shape: Profile, times: readonly number[]): string[] {
  const live = new Map<string, string>()
  return times.map((time, i) => {
    const fresh = members(random, table, { ...shape, duplicates: 0 }, i, time)
    const key = fresh[table.key] as string
    const [old, before] = table.keyed
      ? [key, live.get(key)]
      : live.size > 0 && random.chance(0.5)
        ? random.pick([...live])
        : [key, undefined]
    if (before === undefined) {
      live.set(key, `{${fresh.join(',')}}`)
      return `{"before":null,"after":{${fresh.join(',')}},"op":"c"}`
    }
    if (random.chance(0.3)) {
      live.delete(old)
      return `{"before":${before},"after":null,"op":"d"}`
    }
    fresh[table.key] = old
    live.set(old, `{${fresh.join(',')}}`)
    return `{"before":${before},"after":{${fresh.join(',')}},"op":"u"}`
  })
}

function members(random: Random, table: InputTable, shape: Profile, i: number, time: number): string[] {
  return table.columns.map(({ type, pool, isId }, c) => {
    if (c === table.rowTime) return memberOf(table, c, JSON.stringify(timeText(time)))
    const keyed = table.debezium && c === table.key
    if (isId && (!keyed || !table.keyed)) return memberOf(table, c, String(Math.min(...pool.map(Number), 1e9) + i))
    return memberOf(table, c, jsonValue(random, keyed ? { ...type, nullable: false } : type, pool, shape))
  })
}

function memberOf(table: InputTable, column: number, text: string): string {
  return `${JSON.stringify(table.columns[column]?.name)}:${text}`
}

/** Nothing may come at the watermark's own time either. */
const isStrict = (table: InputTable) => table.rowTime >= 0 && table.delay === 0

/** Row times in the order of arrival: forward with ties, silences and edges of windows, back by disorder, and late where that may be. */
function rowTimes(random: Random, table: InputTable, shape: Profile): number[] {
  let latest = START + random.int(0, 3_000)
  return Array.from({ length: shape.lines }, (_, i) => {
    if (i > 0 && shape.late > 0 && random.chance(shape.late)) return latest - table.delay - random.int(0, 30_000)
    if (i > 0 && table.delay > 1 && random.chance(shape.disorder)) return latest - random.int(0, table.delay - 1)
    if (i > 0) latest += step(random, shape)
    if (i > 0 && isStrict(table) && shape.late === 0) latest++
    return latest
  })
}

function step(random: Random, shape: Profile): number {
  if (random.chance(shape.ties)) return 0
  if (random.chance(shape.gaps)) return random.int(10, 90) * 1_000
  return random.pick([1, 999, 1_000, 1_000, 1_001, 2_000, 5_000, random.int(1, 4_000)])
}
