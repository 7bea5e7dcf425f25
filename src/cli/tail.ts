import { ShitopsError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Bus } from '../bus/bus.ts'
import { DamageCount } from '../bus/ops/damage-count.ts'
import { resolveRange } from '../bus/ops/range.ts'
import { tail } from '../bus/ops/tail.ts'
import { parsePosition } from '../bus/position.ts'
import { reportOf } from './error-report.ts'
import { watchReader } from './reader-watch.ts'
import { type RecordOutput, recordFormat } from './record-format/format.ts'
import { type SelectionFlags, selectionOf } from './selection.ts'
import { StreamSink } from './stream-sink.ts'

export interface TailFlags extends SelectionFlags {
  from?: string | undefined
  to?: string | undefined
  partition?: number[] | undefined
  max?: number | undefined
  follow?: boolean | undefined
  order: 'time' | 'arrival'
  output: RecordOutput
  showHeader: boolean
  trunc: boolean
  utc: boolean
}

export interface TailContext {
  /** Called once the flags are known to be good. */
  open(): Promise<Bus>
  stdout: NodeJS.WriteStream
  logger: Logger
  signal: AbortSignal
  /** ms since the epoch */
  now: number
}

/** The descriptor of standard output. */
const STDOUT = 1

/**
 * Print records of topics: what is in a range, or what comes from now on. Rejects with SHITOPS_E_BUS_CORRUPT after the last record when
 * some could not be read.
 */
export async function tailToStream(
  topics: readonly string[],
  flags: TailFlags,
  { open, stdout, logger, signal, now }: TailContext,
): Promise<void> {
  const follow = flags.follow ?? (flags.to === undefined && flags.output !== 'json')
  if (follow && flags.output === 'json' && flags.max === undefined) throw endless()
  const from = parsePosition(flags.from ?? (follow ? 'end' : 'start'), now, 'from')
  const to = flags.to === undefined ? undefined : parsePosition(flags.to, now, 'to')
  const matches = selectionOf(flags, now)
  const bus = await open()
  const unique = [...new Set(topics)]
  const ranges = await Promise.all(unique.map((topic) => resolveRange(bus, { topic, partitions: flags.partition, from, to, follow })))
  for (const warning of ranges.flatMap(({ warnings }) => warnings)) logger.warn(warning)
  if (follow && process.stderr.isTTY) logger.info(`Following ${unique.join(', ')} from ${flags.from ?? 'the end'}; Ctrl-C stops.`)

  const width = stdout.isTTY && flags.trunc ? stdout.columns : undefined
  const sink = new StreamSink(stdout, await recordFormat({ ...flags, header: flags.showHeader, topics: unique.length > 1, width }))
  const damage = new DamageCount()
  const left = new AbortController()
  const unwatch = follow ? await watchReader(STDOUT, () => left.abort()) : () => {}
  try {
    const either = AbortSignal.any([signal, left.signal])
    if (follow) await sink.flush()
    const onDamage = damage.add.bind(damage)
    await tail(bus, { ranges, follow, order: flags.order, signal: either, max: flags.max, matches, onDamage }, sink)
    const failure = damage.error()
    if (failure) throw failure
  } catch (error) {
    if (flags.output !== 'json') throw error
    // The document has begun, so its end carries the error; the exit code says it as well.
    const report = reportOf(error)
    await sink.end(report)
    process.exitCode = report.exit
    return
  } finally {
    unwatch()
  }
  await sink.end()
}

function endless(): ShitopsError {
  return new ShitopsError('SHITOPS_E_USAGE', '--output json is one document, and following never ends it', {
    suggestions: ['--output ndjson for a stream', '--no-follow', '--max N'],
  })
}
