import { ShitopsError } from '../../base/errors.ts'
import type { WorkflowEvent } from '../../events/event-types.ts'
import { Calibration, type CalibrationReport } from '../../mining/predict/calibration.ts'
import { holdOut, type LogCase, logCases } from '../../mining/predict/log-cases.ts'
import { writeOut } from '../stdio.ts'
import { type EvaluateOptions, evaluate, type PrefixLine, trained } from './predict-evaluate.ts'
import { type SourceContext, type SourceCounts, workflowEvents } from './source.ts'
import type { SourceFlags } from './source-flags.ts'

export interface LogsFlags extends SourceFlags {
  train: readonly string[]
  /** Absent: the later part of the training log. */
  test: readonly string[] | undefined
  holdout: number
}

export interface LogsOutcome {
  /** Only with `keep`. */
  readonly rows: PrefixLine[]
  readonly report: CalibrationReport
  readonly train_cases: number
  readonly test_cases: number
}

/** Lines that are written at once. */
const LINES = 500

/**
 * Learns one log and predicts another, or the later cases of the same; a line for each prefix on stdout, or kept.
 * @throws SHITOPS_E_FILE, SHITOPS_E_USAGE when there is nothing to learn from
 */
export async function predictLogs(
  flags: LogsFlags,
  options: EvaluateOptions & { utcOffsetMinutes: number; keep: boolean },
  context: SourceContext,
): Promise<LogsOutcome> {
  const all = await readCases(flags.train, flags, context)
  const { train, test } = flags.test ? { train: all, test: await readCases(flags.test, flags, context) } : holdOut(all, flags.holdout)
  if (!train.some(({ steps }) => steps.length > 1)) throw nothingToLearn(flags)
  const predictor = trained(train, { utcOffsetMinutes: options.utcOffsetMinutes })
  const calibration = new Calibration()
  const rows: PrefixLine[] = []
  let text: string[] = []
  for (const line of evaluate(predictor, test, options, calibration)) {
    if (context.signal.aborted) break
    if (options.keep) rows.push(line)
    else if (text.push(`${JSON.stringify(line)}\n`) >= LINES) {
      await writeOut(text.join(''))
      text = []
    }
  }
  if (text.length > 0) await writeOut(text.join(''))
  const tested = test.filter(({ steps }) => steps.length > options.least).length
  return { rows, report: calibration.report(), train_cases: train.length, test_cases: tested }
}

async function readCases(files: readonly string[], flags: SourceFlags, context: SourceContext): Promise<LogCase[]> {
  const counts: SourceCounts = { events: 0, bad: 0 }
  return logCases(bare(workflowEvents(files, flags, context, counts)))
}

async function* bare(placed: AsyncIterable<{ event: WorkflowEvent }>): AsyncGenerator<WorkflowEvent> {
  for await (const { event } of placed) yield event
}

const nothingToLearn = ({ train }: LogsFlags) =>
  new ShitopsError('SHITOPS_E_USAGE', `${train.join(', ')}: no case of two steps and more to learn from`, {
    suggestions: [
      'shitops workflow import FILE --dry-run shows what is in a log',
      '--map case=…,activity=…,time=… names the columns of a CSV',
    ],
  })
